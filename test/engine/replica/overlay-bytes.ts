/** Returns an overlay file as a replica writes it: pages by their number, each filled with one byte. */
export function overlayBytes(pages: ReadonlyMap<number, number>): Uint8Array {
  const sorted = [...pages].sort(([a], [b]) => a - b);
  const ranges: { first: number; end: number; position: number }[] = [];
  sorted.forEach(([page], position) => {
    const last = ranges.at(-1);
    if (last?.end === page) last.end += 1;
    else ranges.push({ first: page, end: page + 1, position });
  });
  const bytes = new Uint8Array(sorted.length * 4096 + ranges.length * 24 + 12);
  const view = new DataView(bytes.buffer);
  sorted.forEach(([, byte], position) => {
    bytes.fill(byte, position * 4096, (position + 1) * 4096);
  });
  ranges.forEach(({ first, end, position }, index) => {
    const at = sorted.length * 4096 + index * 24;
    view.setBigUint64(at, BigInt(first), true);
    view.setBigUint64(at + 8, BigInt(end), true);
    view.setBigUint64(at + 16, BigInt(position), true);
  });
  view.setBigUint64(bytes.length - 12, BigInt(sorted.length), true);
  return bytes;
}
