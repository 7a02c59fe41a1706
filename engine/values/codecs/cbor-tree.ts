/** CBOR (RFC 8949) as a tree of values, for code that looks up values in it. `cbor.ts` shows CBOR to users. */

/** A value. Tags are dropped, floats and other simple values are `undefined`, and integers above 2^53 are rounded. */
export type CborTree = number | string | Uint8Array | readonly CborTree[] | CborMap | undefined;

interface CborMap {
  readonly entries: readonly (readonly [CborTree, CborTree])[];
}

/** Limits of one reading. */
const MAX_ITEMS = 2_000_000;
const MAX_DEPTH = 64;

interface Open {
  readonly isMap: boolean;
  readonly items: CborTree[];
  /** Number of items still missing. Infinite for an indefinite length. */
  left: number;
}

/** Reads the item at the start of `bytes`. Returns undefined if it is damaged, too large or too deep. */
export function readCborTree(bytes: Uint8Array): { readonly tree: CborTree } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const open: Open[] = [];
  let position = 0;
  for (let count = 0; count < MAX_ITEMS; count += 1) {
    const first = bytes[position];
    if (first === undefined) return undefined;
    position += 1;
    let value: CborTree;
    const container = open.at(-1);
    if (first === 0xff) {
      if (container === undefined || container.left !== Number.POSITIVE_INFINITY) return undefined;
      open.pop();
      value = closed(container);
    } else {
      const major = first >> 5;
      const short = first & 31;
      const width = short < 24 ? 0 : short < 28 ? 1 << (short - 24) : undefined;
      if (width === undefined && short !== 31) return undefined;
      if (position + (width ?? 0) > bytes.length) return undefined;
      const argument = width === undefined ? Number.POSITIVE_INFINITY : width === 0 ? short : unsigned(view, position, width);
      position += width ?? 0;
      if (major === 6) continue;
      if (major === 4 || major === 5) {
        if (open.length === MAX_DEPTH) return undefined;
        const started: Open = { isMap: major === 5, items: [], left: argument * (major === 5 ? 2 : 1) };
        if (started.left > 0) {
          open.push(started);
          continue;
        }
        value = closed(started);
      } else if (major === 2 || major === 3) {
        if (argument > bytes.length - position) return undefined;
        const part = bytes.subarray(position, position + argument);
        position += argument;
        value = major === 2 ? part : new TextDecoder().decode(part);
      } else value = major === 0 ? argument : major === 1 ? -1 - argument : undefined;
    }
    for (let into = open.at(-1); ; into = open.at(-1)) {
      if (into === undefined) return { tree: value };
      into.items.push(value);
      into.left -= 1;
      if (into.left > 0) break;
      open.pop();
      value = closed(into);
    }
  }
  return undefined;
}

function unsigned(view: DataView, position: number, width: number): number {
  if (width === 1) return view.getUint8(position);
  if (width === 2) return view.getUint16(position);
  return width === 4 ? view.getUint32(position) : Number(view.getBigUint64(position));
}

function closed({ isMap, items }: Open): CborTree {
  if (!isMap) return items;
  const entries = Array.from(
    { length: Math.floor(items.length / 2) },
    (_, index) => [items[2 * index], items[2 * index + 1]] as const,
  );
  return { entries };
}

function isCborMap(tree: CborTree): tree is CborMap {
  return typeof tree === 'object' && 'entries' in tree && Array.isArray(tree.entries);
}

/** Returns the value of a map's text key. */
export function cborField(tree: CborTree, name: string): CborTree {
  return isCborMap(tree) ? tree.entries.find(([key]) => key === name)?.[1] : undefined;
}

/** Returns the bytes of a byte string or of an array of numbers, which is how serde writes a `Vec<u8>`. */
export function cborBytes(tree: CborTree): Uint8Array | undefined {
  if (tree instanceof Uint8Array) return tree;
  if (!Array.isArray(tree)) return undefined;
  const bytes = new Uint8Array(tree.length);
  for (const [index, item] of tree.entries()) {
    if (typeof item !== 'number' || item < 0 || item > 255) return undefined;
    bytes[index] = item;
  }
  return bytes;
}
