import { compareBytes } from '../../../values/codec.ts';
import { boundsOf, DEFAULT_PAGE_SIZE } from '../layout.ts';
import type { KeyForm, NodeReader } from '../nodes/node.ts';

/** No key of a fixed size beyond this is looked for. */
const MAX_FIXED = 4096;
/** Of a large page only so many bytes at its end are read. */
const LONGEST_READ = 65_536;
/** So many of the smallest nodes tell which fixed sizes are worth a closer look. */
const SIEVE = 6;
/** So much of a key tells its place among the others. */
const KEY_COMPARED = 64;

/** Sizes that keys of a fixed size mostly have: what decides where the bytes do not. */
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
 * Infers from sampled nodes of version 2 whether each key has its size before it, or all have one size; undefined where there is
 * no such node. Nothing on disk says so, but the wrong form seldom gives sizes that fit the node, keys in order, and the right
 * end.
 */
export function inferKeyForm(
  sample: readonly NodeReader[],
  pageSize: number,
  stored?: { readonly key: number; readonly value: number },
): KeyForm | undefined {
  const nodes = sample.filter((node) => node.version === 2);
  if (nodes.length === 0) return undefined;
  const derived = pageSize === DEFAULT_PAGE_SIZE ? undefined : boundsOf(pageSize);
  // The header of a map that began in version 1 has the bounds themselves.
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

/** The fixed sizes with which at least half of the smallest nodes can be read. */
function fixedCandidates(nodes: readonly NodeReader[], written: ReadonlyMap<NodeReader, number>): readonly number[] {
  const whole = nodes.filter((node) => node.whole);
  const sieve = (whole.length > 0 ? whole : [...nodes])
    .sort((a, b) => a.capacity - b.capacity)
    .slice(0, SIEVE)
    .map((node) => ({ node, most: mostFixed(node, written.get(node) ?? 0) }));
  const most = Math.max(...sieve.map((one) => one.most));
  const candidates: number[] = [];
  for (let size = 1; size <= Math.min(most, MAX_FIXED); size += 1) {
    if (2 * sieve.filter((one) => size <= one.most && fits(one.node, size)).length >= sieve.length) candidates.push(size);
  }
  return candidates;
}

/** The greatest fixed size that a node has room for: with a greater one the last two keys would be zeros, both of them. */
function mostFixed(node: NodeReader, written: number): number {
  const room = Math.floor((node.capacity - node.keysAt) / node.entries) - 4;
  return node.whole && node.entries > 2 ? Math.min(room, Math.ceil((written - node.keysAt) / (node.entries - 2))) : room;
}

function fits(node: NodeReader, form: KeyForm): boolean {
  const fault = node.decode(form);
  // Where damage hides the rest of a node, its keys alone must do.
  if (!node.whole) return node.keys === node.entries;
  return fault === undefined && node.pagesFor(node.end) === node.overflowPages.length;
}

/** How well a form explains the nodes: the more a node could contradict it and does not, the more it counts. */
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
    // Zeros follow a string until a longer one stood there; zeros at its end are seldom many.
    const zeros = node.end - (written.get(node) ?? 0);
    if (zeros >= 0) score += 4 - Math.min(8, Math.log2(1 + zeros));
    for (let index = 0; index < node.entries; index += 1) {
      longestKey = Math.max(longestKey, node.keyLength[index] ?? 0);
      longestValue = Math.max(longestValue, node.valueLength[index] ?? 0);
    }
  }
  // A page size that follows from bounds says what key and value can have together; many values are as long as they can be.
  if (bounds !== undefined && score > 0) {
    if (longestKey + longestValue > bounds) score -= 6;
    else if (longestKey + longestValue === bounds && form !== 'variable') score += longestValue > 0 || COMMON.has(form) ? 6 : 2;
  }
  // Numbers and hashes seldom begin like the size of a key.
  const sized = nodes.every((node) => node.u32(node.keysAt) > 0 && node.u32(node.keysAt) < node.capacity);
  return form !== 'variable' && sized ? score - 3 : score;
}

/**
 * 1 where the decoded node's keys ascend byte by byte, or first by length, or many descend; a half where few descend; otherwise
 * 0.
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

/** The end of the last byte that is not zero in what a node and its overflow pages have for its string. */
function writtenEnd(node: NodeReader): number {
  const page = new Uint8Array(Math.min(LONGEST_READ, node.capacity - node.capacityBefore));
  node.copy(node.capacity - page.length, page);
  return node.capacity - page.length + page.findLastIndex((byte) => byte !== 0) + 1;
}

/** Whether what seem keys of a fixed size are all a size and that many bytes: variable keys that have one length. */
function isSizeBeforeKey(nodes: readonly NodeReader[], size: number): boolean {
  // A size of four bytes and no key at all is far less likely than a key of four zeros.
  if (size <= 4) return false;
  for (const node of nodes) {
    if (!fits(node, size)) continue;
    for (let index = 0; index < node.entries; index += 1) {
      if (node.u32(node.keyStart[index] ?? 0) !== size - 4) return false;
    }
  }
  return true;
}
