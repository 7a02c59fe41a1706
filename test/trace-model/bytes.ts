/** Plain bytes of a memory. Every change returns a new copy. */

export const PAGE = 65_536;

export type Bytes = Uint8Array<ArrayBuffer>;

/** Returns the bytes with zeros after them, up to a number of pages. */
export function grown(bytes: Bytes, pages: number): Bytes {
  const more = new Uint8Array(pages * PAGE);
  more.set(bytes);
  return more;
}

/** Returns the bytes with others at an address. @throws RangeError if they do not fit. */
export function written(bytes: Bytes, address: number, data: Uint8Array): Bytes {
  const copy = bytes.slice();
  copy.set(data, address);
  return copy;
}
