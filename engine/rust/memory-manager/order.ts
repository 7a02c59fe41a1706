import { formatCount } from '../../core/format.ts';

/** A memory whose buckets come back from a load of the library in another order than they have now. */
export interface BucketOrder {
  readonly memory: number;
  /** The order in which the memory grew: what the running canister goes by. */
  readonly live: readonly number[];
  /** Ascending, as the owner table is read: what it goes by after a load. */
  readonly reloaded: readonly number[];
  /** The memory's pages that lie in another bucket then, as runs of the first page and the one behind the last. */
  readonly permuted: readonly (readonly [from: number, to: number])[];
}

/** What a load would do to a memory of `pages` pages; undefined where it changes nothing. */
export function bucketOrder(
  memory: number,
  live: readonly number[],
  pages: number,
  bucketPages: number,
): BucketOrder | undefined {
  if (live.every((bucket, index) => index === 0 || bucket > (live[index - 1] ?? 0))) return undefined;
  const reloaded = [...live].sort((a, b) => a - b);
  const permuted: [number, number][] = [];
  live.forEach((bucket, index) => {
    const from = index * bucketPages;
    if (bucket === reloaded[index] || from >= pages) return;
    const to = Math.min(pages, from + bucketPages);
    const last = permuted.at(-1);
    if (last?.[1] === from) last[1] = to;
    else permuted.push([from, to]);
  });
  return { memory, live: [...live], reloaded, permuted };
}

/** `Memory 9 grew into buckets 6, 7, 3; a load puts them in the order 3, 6, 7, so that other bytes stand in pages 0 to 2.` */
export function describeOrder({ memory, live, reloaded, permuted }: BucketOrder): string {
  return `Memory ${memory} grew into buckets ${formatBuckets(live)}; a load puts them in the order ${formatBuckets(reloaded)}, so that other bytes stand in ${formatPages(permuted)}.`;
}

/** `pages 0 to 2, 5` */
export function formatPages(runs: BucketOrder['permuted']): string {
  const one = runs.length === 1 && runs.every(([from, to]) => to === from + 1);
  const listed = runs.map(([from, to]) =>
    to === from + 1 ? formatCount(from) : `${formatCount(from)} to ${formatCount(to - 1)}`,
  );
  return `${one ? 'page' : 'pages'} ${cut(listed)}`;
}

/** Numbers with commas between them; of a long list the beginning, and how long it is. */
export function formatBuckets(buckets: readonly number[]): string {
  return cut(buckets.map((bucket) => formatCount(bucket)));
}

const MAX_LISTED = 32;

function cut(listed: readonly string[]): string {
  const shown = listed.slice(0, MAX_LISTED).join(', ');
  return listed.length > MAX_LISTED ? `${shown}, … ${formatCount(listed.length)} in all` : shown;
}
