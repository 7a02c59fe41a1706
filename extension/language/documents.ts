import { BYTES_SCHEME } from '../snapshots/element-bytes.ts';
import { TRACE_SOURCE_LANGUAGE } from '../traces/trace-files.ts';
import { LABELS_FILE } from '../worker/labels-file.ts';
import { TRACE_SCHEME } from '../worker/trace-uri.ts';

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
