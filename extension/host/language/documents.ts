import { LABELS_FILE } from '../../../servers/open-files/labels-file.ts';
import { TRACE_SCHEME } from '../../../servers/open-files/trace-uri.ts';
import { BYTES_SCHEME } from '../snapshots/element-bytes.ts';
import { TRACE_SOURCE_LANGUAGE } from '../traces/trace-files.ts';

/** Documents of ours. The language server starts with the first of them. */
export const OWN_DOCUMENTS = [
  { scheme: TRACE_SCHEME },
  { scheme: BYTES_SCHEME },
  { scheme: 'file', language: TRACE_SOURCE_LANGUAGE },
  { scheme: 'file', pattern: `**/${LABELS_FILE}` },
] as const;

/** Documents in Motoko, with and without the extension that names their language. The server starts with the first hover in one of them. */
export const MOTOKO_DOCUMENTS = [
  { scheme: 'file', language: 'motoko' },
  { scheme: 'file', pattern: '**/*.mo' },
] as const;
