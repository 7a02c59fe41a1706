import { LABELS_FILE } from '../../../servers/open-files/labels-file.ts';
import { TRACE_SCHEME } from '../../../servers/open-files/trace-uri.ts';
import { SCRIPT_LANGUAGE } from '../recorder/script-files.ts';
import { BYTES_SCHEME } from '../snapshots/element-bytes.ts';
import { TRACE_SOURCE_LANGUAGE } from '../traces/trace-files.ts';

/** The extension's own documents. The language server starts when the first of them is opened. */
export const OWN_DOCUMENTS = [
  { scheme: TRACE_SCHEME },
  { scheme: BYTES_SCHEME },
  { scheme: 'file', language: TRACE_SOURCE_LANGUAGE },
  { scheme: 'file', language: SCRIPT_LANGUAGE },
  { scheme: 'file', pattern: `**/${LABELS_FILE}` },
] as const;

/** Motoko documents. The language server starts with the first hover in one of them. */
export const MOTOKO_DOCUMENTS = [
  // The Motoko extension defines this language id. The pattern below works without it.
  { scheme: 'file', language: 'motoko' },
  { scheme: 'file', pattern: '**/*.mo' },
] as const;
