import { sha256 } from '@noble/hashes/sha2.js';
import { Budget } from '../core/budget.ts';
import { toHex } from '../core/format.ts';
import { at, offsetAt, PAGE_SIZE } from '../core/memory/memory.ts';
import { readStored, type Structure } from '../core/structure.ts';
import { extentsOf } from '../snapshot/checks/absence.ts';
import type { ShownVariable } from '../snapshot/motoko/variables.ts';
import type { PlacedStructure } from '../snapshot/placed.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Space } from '../snapshot/space.ts';

/** Content of a space: a structure that it leads, a part of a structure that another space leads, or something else. */
export type Content =
  | { readonly kind: 'structure'; readonly placed: PlacedStructure }
  | { readonly kind: 'part'; readonly placed: PlacedStructure; readonly role: string }
  /** A file, a part of a structure of which others are missing, or bytes of no known kind. */
  | { readonly kind: 'other'; readonly name: string }
  | { readonly kind: 'nothing' };

/** Returns the content of a space. A space without a known structure is read to its first byte that is not zero. */
export function contentOf(snapshot: Snapshot, space: Space): Content {
  const placed = snapshot.places.structureIn(space);
  if (placed !== undefined) {
    const index = placed.spaces.indexOf(space);
    return index <= 0 ? { kind: 'structure', placed } : { kind: 'part', placed, role: placed.structure.roles?.[index] ?? 'data' };
  }
  const unread = snapshot.unread.find((one) => one.space === space);
  if (unread !== undefined) return { kind: 'other', name: unread.kind };
  return isBlank(snapshot, space) ? { kind: 'nothing' } : { kind: 'other', name: 'unknown' };
}

/** Returns whether a structure has elements, or a Cell has a value. */
export function holdsElements(structure: Structure): boolean {
  return structure.kind === 'cell' ? structure.facts['size'] !== 0 : structure.elements(0, 1, new Budget()).length > 0;
}

/** Elements that are read at a time. */
const BATCH = 1_024;

/** Returns the SHA-256 of a space's elements and their sizes, or of its bytes if it holds no structure. */
export function digestOf(snapshot: Snapshot, space: Space): string {
  const content = contentOf(snapshot, space);
  const hash = sha256.create();
  if (content.kind !== 'structure') {
    for (const bytes of pagesOf(snapshot, space)) hash.update(bytes);
    return toHex(hash.digest());
  }
  const budget = new Budget();
  const size = new Uint8Array(8);
  const add = (bytes: Uint8Array): void => {
    new DataView(size.buffer).setBigUint64(0, BigInt(bytes.length), true);
    hash.update(size);
    hash.update(bytes);
  };
  const { structure } = content.placed;
  for (let from = 0; ; from += BATCH) {
    const elements = structure.elements(from, BATCH, budget);
    for (const { key, value, described } of elements) {
      if (key !== undefined) add(readStored(key));
      if (value !== undefined) add(readStored(value));
      if (described !== undefined) add(new TextEncoder().encode(`${described.path} ${described.text}`));
    }
    if (elements.length < BATCH) return toHex(hash.digest());
  }
}

/** Maximum characters of a variable's value that count. */
const MAX_CHARACTERS = 1_000_000;

/** Returns the SHA-256 of a variable's value as text; undefined where only its type is known. */
export function digestOfVariable({ text, value }: ShownVariable): string | undefined {
  const whole = value?.text(MAX_CHARACTERS) ?? text;
  return whole === undefined ? undefined : toHex(sha256(new TextEncoder().encode(whole)));
}

function isBlank(snapshot: Snapshot, space: Space): boolean {
  for (const bytes of pagesOf(snapshot, space)) if (bytes.some((byte) => byte !== 0)) return false;
  return true;
}

/** Yields the bytes of a space, at most a page at a time. Leaves out what its size claims beyond the image. */
function* pagesOf({ memory, bytes }: Snapshot, space: Space): Generator<Uint8Array> {
  const page = new Uint8Array(PAGE_SIZE);
  for (const { start, length } of extentsOf(space)) {
    const end = Math.min(start + length, bytes);
    for (let from = start; from < end; from = offsetAt(from, PAGE_SIZE)) {
      const part = page.subarray(0, Math.min(PAGE_SIZE, end - from));
      memory.read(at(0, from), part);
      yield part;
    }
  }
}
