import { LABELS_FILE } from '../../../servers/open-files/labels-file.ts';
import { TRACE_SCHEME } from '../../../servers/open-files/trace-uri.ts';
import { BYTES_SCHEME } from '../snapshots/element-bytes.ts';
import { TRACE_SOURCE_LANGUAGE } from '../traces/trace-files.ts';

/** The documents that the language server serves. */
export const LANGUAGE_DOCUMENTS = [
  { scheme: TRACE_SCHEME },
  { scheme: BYTES_SCHEME },
  { scheme: 'file', language: TRACE_SOURCE_LANGUAGE },
  // The Motoko extension defines this language id. The pattern below works without it.
  { scheme: 'file', language: 'motoko' },
  { scheme: 'file', pattern: '**/*.mo' },
  { scheme: 'file', pattern: `**/${LABELS_FILE}` },
] as const;
