import { compareBytes } from '../../../values/codec.ts';
import { boundsOf, DEFAULT_PAGE_SIZE } from '../layout.ts';
import type { KeyForm, NodeReader } from '../nodes/node.ts';

/** Maximum fixed size of keys that is tried. */
const MAX_FIXED = 4096;
/** Maximum bytes read at the end of a large page. */
const MAX_READ = 65_536;
/** Number of the smallest nodes that are used to select the fixed sizes for a closer look. */
const SIEVE = 6;
/** Maximum bytes of a key that are compared. */
const KEY_COMPARED = 64;

/** Scores of common key sizes, which decide when the bytes do not. */
const COMMON = new Map<KeyForm, number>([
  [8, 3],
  [4, 2.5],
  ['variable', 2.2],
  [32, 2],
  [16, 2],
  [2, 1.5],
  [1, 1.5],
  [12, 1],
  [24, 1],
]);

/**
 * Infers from sampled nodes of version 2 whether each key has its size in front of it, or all keys have one size. Returns
 * undefined if there is no such node. This is not stored, but a wrong form rarely yields sizes that fit the node, keys in order,
 * and the right end.
 */
export function inferKeyForm(
  sample: readonly NodeReader[],
  pageSize: number,
  stored?: { readonly key: number; readonly value: number },
): KeyForm | undefined {
  const nodes = sample.filter((node) => node.version === 2);
  if (nodes.length === 0) return undefined;
  const derived = pageSize === DEFAULT_PAGE_SIZE ? undefined : boundsOf(pageSize);
  // The header of a map created with version 1 has the bounds themselves.
  const bounds = stored === undefined ? derived : stored.key + stored.value;
  let best: KeyForm = 'variable';
  let bestScore = Number.NEGATIVE_INFINITY;
  const written = new Map(nodes.map((node) => [node, writtenEnd(node)]));
  for (const form of ['variable', ...fixedCandidates(nodes, written)] as const) {
    const score = scoreOf(nodes, form, bounds, written) + (COMMON.get(form) ?? 0);
    if (score > bestScore) [best, bestScore] = [form, score];
  }
  return typeof best === 'number' && isSizeBeforeKey(nodes, best) ? 'variable' : best;
}

/** Returns the fixed sizes with which at least half of the smallest nodes can be read. */
function fixedCandidates(nodes: readonly NodeReader[], written: ReadonlyMap<NodeReader, number>): readonly number[] {
  const whole = nodes.filter((node) => node.whole);
  const sieve = (whole.length > 0 ? whole : [...nodes])
    .sort((a, b) => a.capacity - b.capacity)
    .slice(0, SIEVE)
    .map((node) => ({ node, most: maxFixed(node, written.get(node) ?? 0) }));
  const most = Math.max(...sieve.map((one) => one.most));
  const candidates: number[] = [];
  for (let size = 1; size <= Math.min(most, MAX_FIXED); size += 1) {
    if (2 * sieve.filter((one) => size <= one.most && fits(one.node, size)).length >= sieve.length) candidates.push(size);
  }
  return candidates;
}

/** Returns the maximum fixed size that a node has room for. With a larger size, the last two keys would both be zeros. */
function maxFixed(node: NodeReader, written: number): number {
  const room = Math.floor((node.capacity - node.keysAt) / node.entries) - 4;
  return node.whole && node.entries > 2 ? Math.min(room, Math.ceil((written - node.keysAt) / (node.entries - 2))) : room;
}

function fits(node: NodeReader, form: KeyForm): boolean {
  const fault = node.decode(form);
  // If damage hides the rest of a node, only its keys can be checked.
  if (!node.whole) return node.keys === node.entries;
  return fault === undefined && node.pagesFor(node.end) === node.overflowPages.length;
}

/**
 * Returns a score for how well a form explains the nodes. A node counts more if it could contradict the form in more ways but
 * does not.
 */
function scoreOf(
  nodes: readonly NodeReader[],
  form: KeyForm,
  bounds: number | undefined,
  written: ReadonlyMap<NodeReader, number>,
): number {
  let score = 0;
  let longestKey = 0;
  let longestValue = 0;
  for (const node of nodes) {
    if (!fits(node, form)) continue;
    score += Math.min(12, 2 * (node.entries - 1)) * orderliness(node);
    if (!node.whole) continue;
    score += node.overflowPages.length > 0 ? 12 : 8;
    // Zeros follow a string until a longer one was stored there; a string rarely ends in many zeros.
    const zeros = node.end - (written.get(node) ?? 0);
    if (zeros >= 0) score += 4 - Math.min(8, Math.log2(1 + zeros));
    for (let index = 0; index < node.entries; index += 1) {
      longestKey = Math.max(longestKey, node.keyLength[index] ?? 0);
      longestValue = Math.max(longestValue, node.valueLength[index] ?? 0);
    }
  }
  // A page size derived from bounds limits the total length of key and value; many values have the maximum length.
  if (bounds !== undefined && score > 0) {
    if (longestKey + longestValue > bounds) score -= 6;
    else if (longestKey + longestValue === bounds && form !== 'variable') score += longestValue > 0 || COMMON.has(form) ? 6 : 2;
  }
  // Numbers and hashes rarely start like the size of a key.
  const sized = nodes.every((node) => node.u32(node.keysAt) > 0 && node.u32(node.keysAt) < node.capacity);
  return form !== 'variable' && sized ? score - 3 : score;
}

/**
 * Returns 1 if the keys of the decoded node ascend byte by byte or by length first, or if many descend; 0.5 if few descend;
 * otherwise 0.
 */
function orderliness(node: NodeReader): number {
  let [ascending, descending, longer, shorter] = [true, true, true, true];
  let [before, key] = [new Uint8Array(KEY_COMPARED), new Uint8Array(KEY_COMPARED)];
  let lengthBefore = 0;
  for (let index = 0; index < node.entries; index += 1) {
    const length = node.keyLength[index] ?? 0;
    node.copy(node.keyStart[index] ?? 0, length < KEY_COMPARED ? key.subarray(0, length) : key);
    if (index > 0) {
      const sign = compareBytes(before.subarray(0, lengthBefore), key.subarray(0, length));
      const lengthSign = lengthBefore - length || sign;
      ascending &&= sign < 0;
      descending &&= sign > 0;
      longer &&= lengthSign < 0;
      shorter &&= lengthSign > 0;
      if (!(ascending || descending || longer || shorter)) return 0;
    }
    [before, key, lengthBefore] = [key, before, length];
  }
  if (ascending || longer) return 1;
  return node.entries > 3 ? 1 : 0.5;
}

/** Returns the end of the last nonzero byte in the room that a node and its overflow pages have for its string. */
function writtenEnd(node: NodeReader): number {
  const page = new Uint8Array(Math.min(MAX_READ, node.capacity - node.capacityBefore));
  node.copy(node.capacity - page.length, page);
  return node.capacity - page.length + page.findLastIndex((byte) => byte !== 0) + 1;
}

/**
 * Returns whether apparent keys of a fixed size all start with their own remaining length: they are variable keys of equal
 * length.
 */
function isSizeBeforeKey(nodes: readonly NodeReader[], size: number): boolean {
  // A size field with an empty key is far less likely than a key of four zeros.
  if (size <= 4) return false;
  for (const node of nodes) {
    if (!fits(node, size)) continue;
    for (let index = 0; index < node.entries; index += 1) {
      if (node.u32(node.keyStart[index] ?? 0) !== size - 4) return false;
    }
  }
  return true;
}
