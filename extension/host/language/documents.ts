import { LABELS_FILE } from '../../../servers/open-files/labels-file.ts';
import { TRACE_SCHEME } from '../../../servers/open-files/trace-uri.ts';
import { BYTES_SCHEME } from '../snapshots/element-bytes.ts';
import { TRACE_SOURCE_LANGUAGE } from '../traces/trace-files.ts';

/** The documents that the language server has something to say about. */
export const LANGUAGE_DOCUMENTS = [
  { scheme: TRACE_SCHEME },
  { scheme: BYTES_SCHEME },
  { scheme: 'file', language: TRACE_SOURCE_LANGUAGE },
  // With and without the Motoko extension, which is what names their language.
  { scheme: 'file', language: 'motoko' },
  { scheme: 'file', pattern: '**/*.mo' },
  { scheme: 'file', pattern: `**/${LABELS_FILE}` },
] as const;
