import { existsSync } from 'node:fs';
import { UserError } from '../../core/user-error.ts';
import { readWhole } from '../read-whole.ts';

/** A file that should hold JSON. */
export type JsonFile =
  | { readonly kind: 'absent' }
  | { readonly kind: 'value'; readonly value: unknown }
  /** A full sentence that says what is wrong and where. */
  | { readonly kind: 'unreadable'; readonly problem: string };

/** Maximum size of a JSON file with facts about a snapshot, in bytes. */
const MAX_BYTES = 16 * 2 ** 20;

/** Reads a JSON file. Skips a byte order mark, which editors on Windows write. */
export function readJsonFile(path: string): JsonFile {
  if (!existsSync(path)) return { kind: 'absent' };
  let bytes: Uint8Array;
  try {
    bytes = readWhole(path, MAX_BYTES);
  } catch (error) {
    if (error instanceof UserError) return { kind: 'unreadable', problem: error.message };
    throw error;
  }
  const text = new TextDecoder().decode(bytes);
  try {
    return { kind: 'value', value: JSON.parse(text) };
  } catch (error) {
    return { kind: 'unreadable', problem: `${path} is not JSON: ${whereBroken(text, bytes.length, error)}.` };
  }
}

/** Returns where JSON is broken: `it ends too early, at byte 100`, `it has an error at byte 12`. */
function whereBroken(text: string, size: number, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  const position = Number(/position (\d+)/.exec(reason)?.[1] ?? (reason.includes('end of JSON') ? text.length : Number.NaN));
  if (position >= text.trimEnd().length) return `it ends too early, at byte ${size}`;
  if (Number.isNaN(position)) return reason;
  return `it has an error at byte ${new TextEncoder().encode(text.slice(0, position)).length}`;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Maximum size of stable memory, in bytes: 500 GiB. */
const MAX_MEMORY = 500 * 2 ** 30;

/** Returns true for a valid memory size in bytes. */
export function isByteCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= MAX_MEMORY;
}
