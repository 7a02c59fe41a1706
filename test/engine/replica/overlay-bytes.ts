/** Bytes in a page of a replica's files. */
const REPLICA_PAGE = 4096;

/** Returns an overlay file as a replica writes it. Pages are given by number, each with its bytes or a fill byte. */
export function overlayBytes(pages: ReadonlyMap<number, number | Uint8Array>): Uint8Array {
  const sorted = [...pages].sort(([a], [b]) => a - b);
  const ranges: { first: number; end: number; position: number }[] = [];
  sorted.forEach(([page], position) => {
    const last = ranges.at(-1);
    if (last?.end === page) last.end += 1;
    else ranges.push({ first: page, end: page + 1, position });
  });
  const bytes = new Uint8Array(sorted.length * REPLICA_PAGE + ranges.length * 24 + 12);
  const view = new DataView(bytes.buffer);
  sorted.forEach(([, content], position) => {
    const start = position * REPLICA_PAGE;
    if (typeof content === 'number') bytes.fill(content, start, start + REPLICA_PAGE);
    else bytes.set(content, start);
  });
  ranges.forEach(({ first, end, position }, index) => {
    const at = sorted.length * REPLICA_PAGE + index * 24;
    view.setBigUint64(at, BigInt(first), true);
    view.setBigUint64(at + 8, BigInt(end), true);
    view.setBigUint64(at + 16, BigInt(position), true);
  });
  view.setBigUint64(bytes.length - 12, BigInt(sorted.length), true);
  return bytes;
}

/** Returns the pages of a memory that are not zero, by number. */
export function pagesOf(memory: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const count = Math.ceil(memory.length / REPLICA_PAGE);
  const pages = Array.from(
    { length: count },
    (_, page) => [page, memory.subarray(page * REPLICA_PAGE, (page + 1) * REPLICA_PAGE)] as const,
  );
  return new Map(pages.filter(([, bytes]) => bytes.some((byte) => byte !== 0)));
}
