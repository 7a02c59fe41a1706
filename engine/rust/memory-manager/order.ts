import { formatCount } from '../../core/format.ts';

/** A memory whose buckets a load of the library puts into a different order than they have now. */
export interface BucketOrder {
  readonly memory: number;
  /** The order in which the memory grew, which the running canister uses. */
  readonly live: readonly number[];
  /** The ascending order in which the owner table is read, which the canister uses after a load. */
  readonly reloaded: readonly number[];
  /** The pages of the memory that are in a different bucket then, as runs: the first page, and the page after the last. */
  readonly permuted: readonly (readonly [from: number, to: number])[];
}

/** Returns the effect of a load on a memory of `pages` pages; undefined if it changes nothing. */
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

/**
 * Returns a text such as `Memory 9 grew into buckets 6, 7, 3; a load puts them in the order 3, 6, 7, which changes the bytes of
 * pages 0 to 2.`
 */
export function describeOrder({ memory, live, reloaded, permuted }: BucketOrder): string {
  return `Memory ${memory} grew into buckets ${formatBuckets(live)}; a load puts them in the order ${formatBuckets(reloaded)}, which changes the bytes of ${formatPages(permuted)}.`;
}

/** Returns a text such as `pages 0 to 2, 5`. */
export function formatPages(runs: BucketOrder['permuted']): string {
  const one = runs.length === 1 && runs.every(([from, to]) => to === from + 1);
  const listed = runs.map(([from, to]) =>
    to === from + 1 ? formatCount(from) : `${formatCount(from)} to ${formatCount(to - 1)}`,
  );
  return `${one ? 'page' : 'pages'} ${cut(listed)}`;
}

/** Returns bucket numbers separated by commas. A long list is cut off, and its length is added. */
export function formatBuckets(buckets: readonly number[]): string {
  return cut(buckets.map((bucket) => formatCount(bucket)));
}

const MAX_LISTED = 32;

function cut(listed: readonly string[]): string {
  const shown = listed.slice(0, MAX_LISTED).join(', ');
  return listed.length > MAX_LISTED ? `${shown}, … ${formatCount(listed.length)} in all` : shown;
}
