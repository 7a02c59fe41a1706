import { fromHex, toHex } from '../../core/format.ts';
import { offsetAt, PAGE_SIZE } from '../../core/memory/memory.ts';
import { MAX_PAGES } from '../../core/memory/overlay.ts';
import { UserError } from '../../core/user-error.ts';
import type { Change, Patch } from './patch.ts';

const PATCH_SCHEMA = 'stable-memory/patch/1';

/** Returns a patch as JSON Lines: a header with the sizes and checksums of the image, and a line for each change. */
export function* patchText({ bytes, bytesAfter, rangeBytes, checksums, changes }: Patch): Generator<string> {
  const ranges = [...checksums].map(([offset, sha256]) => ({ offset, sha256 }));
  yield line({ schema: PATCH_SCHEMA, bytes, bytesAfter, changes: changes.length, rangeBytes, ranges });
  for (const { offset, before, after } of changes) yield line({ offset, old: toHex(before), new: toHex(after) });
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

/** Reads a patch. `file`: its name, for messages. @throws UserError with one sentence about the first thing that is not right */
export function readPatch(text: string, file: string): Patch {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const fail = (number: number, problem: string): never => {
    throw new UserError('file', `${file} is not a patch: line ${number} ${problem}.`);
  };
  const recordAt = (index: number): Readonly<Record<string, unknown>> => {
    const value = parse(lines[index] ?? '');
    return isRecord(value) ? value : fail(index + 1, index < lines.length ? 'is not a JSON object' : 'is missing');
  };
  const header = recordAt(0);
  if (header['schema'] !== PATCH_SCHEMA) fail(1, `does not have "schema": "${PATCH_SCHEMA}"`);
  const count = (name: string): number => {
    const value = header[name];
    return isCount(value) ? value : fail(1, `has no number "${name}"`);
  };
  const [bytes, bytesAfter, rangeBytes] = [count('bytes'), count('bytesAfter'), count('rangeBytes')];
  if (![bytes, bytesAfter].every(isImageSize) || bytesAfter < bytes) fail(1, 'has sizes that no image can have');
  if (!isImageSize(rangeBytes) || rangeBytes === 0) fail(1, 'has a "rangeBytes" that is not a multiple of a page');
  const checksums = new Map<number, string>();
  for (const range of Array.isArray(header['ranges']) ? header['ranges'] : fail(1, 'has no list "ranges"')) {
    const { offset, sha256 } = isRecord(range) ? range : {};
    if (!isCount(offset) || offset % rangeBytes !== 0 || offset >= bytes) return fail(1, 'has a range that is not in the image');
    if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) return fail(1, 'has a range without its "sha256"');
    checksums.set(offset, sha256);
  }
  const changes: Change[] = [];
  for (let end = 0; changes.length < count('changes'); ) {
    const number = changes.length + 2;
    const { offset, old, new: after } = recordAt(number - 1);
    const [oldBytes, newBytes] = [hexOf(old), hexOf(after)];
    if (!isCount(offset)) return fail(number, 'has no number "offset"');
    if (oldBytes === undefined || newBytes === undefined) return fail(number, 'has no bytes "old" and "new" in hex');
    if (oldBytes.length !== newBytes.length || oldBytes.length === 0)
      return fail(number, 'does not have as many old bytes as new ones');
    if (offset < end) return fail(number, 'is not in the order of the offsets');
    end = offset + newBytes.length;
    if (end > bytesAfter) return fail(number, 'is past the end of the image');
    changes.push({ offset: offsetAt(0, offset), before: oldBytes, after: newBytes });
  }
  if (lines.length > changes.length + 1) fail(changes.length + 2, 'is one more than the first line counts');
  return { bytes, bytesAfter, rangeBytes, checksums, changes };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** Returns whether an image can have this size: whole pages. */
function isImageSize(bytes: number): boolean {
  return bytes % PAGE_SIZE === 0 && bytes <= MAX_PAGES * PAGE_SIZE;
}

function hexOf(value: unknown): Uint8Array | undefined {
  return typeof value === 'string' ? fromHex(value) : undefined;
}
