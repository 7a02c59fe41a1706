import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, type Memory, writeGrowing } from '../../../../engine/core/memory/memory.ts';

/** A key and its value in encoded form. */
export type Entry = readonly [key: Uint8Array, value: Uint8Array];

/** The parameters of a tree. `variable` keys have their size in front of them. */
export interface TreePlan {
  readonly entries: readonly Entry[];
  readonly form: number | 'variable';
  readonly pageSize: number;
}

const LEAF_ENTRIES = 8;
const NODE_CHILDREN = 9;

interface Built {
  readonly address: number;
  readonly leaf: boolean;
}

/**
 * Writes a map of layout version 2 with these entries, in the given order, bottom up: not with the library's node boundaries, but
 * with all of its invariants. There must be at least one entry.
 */
export function buildTree({ entries, form, pageSize }: TreePlan, memory: Memory = new BytesMemory()): Memory {
  const stride = pageSize + 16;
  let chunks = 0;
  const allocate = (): number => {
    const chunk = 100 + chunks * stride;
    chunks += 1;
    const header = new Uint8Array(16);
    header.set([0x43, 0x48, 0x4b, 1, 1]);
    writeGrowing(memory, at(0, chunk), header);
    return chunk + 16;
  };

  const writeNode = (own: readonly Entry[], children: readonly Built[]): Built => {
    const address = allocate();
    const string = nodeString(own, children, form);
    const room = pageSize - 11;
    const pages = string.length <= pageSize ? 0 : Math.ceil((string.length - pageSize) / room);
    const overflow = Array.from({ length: pages }, allocate);
    new DataView(string.buffer).setBigUint64(7, BigInt(overflow[0] ?? 0), true);
    writeGrowing(memory, at(0, address), string.subarray(0, pageSize));
    overflow.forEach((page, index) => {
      const bytes = new Uint8Array(11 + room);
      bytes.set([0x4e, 0x4f, 0x46]);
      new DataView(bytes.buffer).setBigUint64(3, BigInt(overflow[index + 1] ?? 0), true);
      bytes.set(string.subarray(pageSize + index * room, pageSize + (index + 1) * room), 11);
      writeGrowing(memory, at(0, page), bytes);
    });
    return { address, leaf: children.length === 0 };
  };

  let level: Built[] = [];
  let separators: Entry[] = [];
  let next = 0;
  for (const size of parts(entries.length, LEAF_ENTRIES, 11)) {
    level.push(writeNode(entries.slice(next, next + size), []));
    const separator = entries[next + size];
    if (separator) separators.push(separator);
    next += size + 1;
  }
  while (level.length > 1) {
    const upper: Built[] = [];
    const upperSeparators: Entry[] = [];
    let first = 0;
    // Children are counted here. Each group of them takes its separators, except the one after the group.
    for (const size of parts(2 * level.length - 1, 2 * NODE_CHILDREN - 1, 23)) {
      const children = (size + 1) / 2;
      upper.push(writeNode(separators.slice(first, first + children - 1), level.slice(first, first + children)));
      const separator = separators[first + children - 1];
      if (separator) upperSeparators.push(separator);
      first += children;
    }
    level = upper;
    separators = upperSeparators;
  }

  const allocated = chunks;
  const tail = allocate() - 16;
  memory.write(at(0, tail + 4), Uint8Array.of(0));
  const root = level[0]?.address ?? 0;
  writeGrowing(memory, at(0, 0), headers(pageSize, root, entries.length, allocated, tail));
  return memory;
}

/**
 * Splits `all` into parts of `size`, with one left over between two parts. The last has at most `most`; if it is too large it is
 * split in two.
 */
function parts(all: number, size: number, most: number): readonly number[] {
  const sizes: number[] = [];
  let left = all;
  while (left > size + 1 + most) {
    sizes.push(size);
    left -= size + 1;
  }
  if (left > most) {
    const half = Math.floor((left - 1) / 2);
    // Children and the separators between them are an odd number.
    const first = size % 2 === 1 && half % 2 === 0 ? half - 1 : half;
    sizes.push(first);
    left -= first + 1;
  }
  sizes.push(left);
  return sizes;
}

function nodeString(own: readonly Entry[], children: readonly Built[], form: number | 'variable'): Uint8Array<ArrayBuffer> {
  const pieces: Uint8Array[] = [];
  const word = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
  const head = new Uint8Array(15);
  head.set([0x42, 0x54, 0x4e, 2, children.length > 0 ? 1 : 0, own.length & 0xff, own.length >> 8]);
  pieces.push(head);
  for (const child of children) pieces.push(word(child.address % 2 ** 32), word(Math.floor(child.address / 2 ** 32)));
  for (const [key] of own) pieces.push(...(form === 'variable' ? [word(key.length), key] : [key]));
  for (const [, value] of own) pieces.push(word(value.length), value);
  const string = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let position = 0;
  for (const piece of pieces) {
    string.set(piece, position);
    position += piece.length;
  }
  return string;
}

function headers(pageSize: number, root: number, length: number, allocated: number, tail: number): Uint8Array {
  const bytes = new Uint8Array(100);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x54, 0x52, 2]);
  view.setUint32(4, pageSize, true);
  view.setUint32(8, 0xffff_ffff, true);
  view.setBigUint64(12, BigInt(root), true);
  view.setBigUint64(20, BigInt(length), true);
  bytes.set([0x42, 0x54, 0x41, 1], 52);
  view.setBigUint64(60, BigInt(pageSize), true);
  view.setBigUint64(68, BigInt(allocated), true);
  view.setBigUint64(76, BigInt(tail), true);
  return bytes;
}
