import { formatAddress, formatCount, formatCounted } from '../../core/format.ts';
import type { Sliced } from '../../core/slices.ts';
import type { Look } from '../../motoko/memory-region/look.ts';
import { isReleaseName, type PolicyName } from '../../motoko/memory-region/policies.ts';
import { exactAddress } from '../../trace/events.ts';
import type { History } from '../../trace/history.ts';
import { type BlockRequest, type Doubt, type Explanation, explain } from '../../trace/simulate/explain.ts';
import { deallocated } from '../../trace/state/allocation-builder.ts';
import { gapsTouching } from '../../trace/state/allocation-state.ts';
import type { LiveBlock } from '../../trace/state/block-tree.ts';
import type { FreeLists } from '../../trace/state/free-list.ts';
import type { Trace } from '../../trace/trace.ts';
import type { WhyHere, WhyStep } from './calls.ts';
import { givenRow, rowOf, sizeOf, sourceOf } from './look-rows.ts';

/** Maximum rows. Of more, the first and the last ones are listed. */
const MAX_ROWS = 24;

/** The tree that a release of memory-region names in its manifest, for the sentence about its stale index. */
const TREES: Readonly<Partial<Record<PolicyName, string>>> = {
  'memory-region@1.1.1': 'augmented-btrees 0.5.0',
  'memory-region@1.2.4': 'augmented-btrees 0.5.2',
  'memory-region@1.4.0': 'augmented-btrees 0.7.1',
};

/**
 * Returns why the allocator of a space answered as it did at a step, under the policy that the trace names, or under `policy`.
 * Undefined if the step makes no request for a block to it.
 */
export function* whyHere(
  history: History,
  freeLists: FreeLists,
  space: number,
  step: number,
  policy?: PolicyName,
): Sliced<WhyHere | undefined> {
  const explanation = yield* explain(history, freeLists, space, step, policy);
  if (!explanation) return undefined;
  const { request, looks, freeBlocks } = explanation;
  const given = request.kind === 'deallocate' ? undefined : givenRow(looks, request);
  const last = [...(given ? [given] : []), ...(explanation.policy ? [] : gapRows(explanation))];
  const unlisted = Math.max(0, looks.length + last.length - MAX_ROWS);
  // There can be a hundred thousand looks, so only those that are listed become rows.
  const listedLooks = looks.filter((_, place) => place < MAX_ROWS / 2 || place >= MAX_ROWS / 2 + unlisted);
  return {
    step,
    title: titleOf(request),
    steps: [...listedLooks.map(rowOf), ...last],
    freeBlocks,
    unlisted,
    text: sentences(history.trace, explanation),
    better: betterThan(explanation),
  };
}

function titleOf(request: BlockRequest): string {
  const address = formatAddress(exactAddress(request));
  return request.kind === 'deallocate' ? `What does freeing ${address} change?` : `Why ${address}?`;
}

/** Returns the rows for an address that no known policy gives: the gap that it is in. */
function gapRows({ request, before }: Explanation): readonly WhyStep[] {
  if (request.kind === 'deallocate') return [];
  const { address } = request;
  const gap = [...gapsTouching(before, address, address)].find((each) => each.address + each.size > address);
  if (!gap) return [{ text: 'allocated address', figure: formatAddress(address), address, verdict: 'chosen' }];
  return [
    { ...rowOf({ kind: 'block', block: gap, verdict: 'chosen' }), text: 'gap between live blocks that it is in' },
    { text: 'allocated address', figure: `gap + ${formatCount(address - gap.address)}`, address, verdict: 'chosen' },
  ];
}

function sentences(trace: Trace, explanation: Explanation): readonly string[] {
  const { request, looks, doubt, policy, fault } = explanation;
  const texts: string[] = [];
  if (doubt) texts.push(doubtText(doubt, policy, request));
  const defects = looks.flatMap((look) => (look.verdict === 'wrong' ? (defectText(look, explanation) ?? []) : []));
  const isRefused = policy !== undefined && looks.length === 0 && fault !== undefined;
  if (isRefused) texts.push(fault.message);
  else if (request.kind === 'deallocate') texts.push(freedText(request, looks));
  else if (sourceOf(looks)?.verdict === 'chosen') texts.push(givenText(request, looks, explanation));
  texts.push(...defects);
  if (fault && !isRefused && fault.kind !== 'stale-index') texts.push(fault.message);
  const overlap = overlapText(trace, explanation);
  if (overlap) texts.push(overlap);
  const tree = policy && TREES[policy];
  if (tree && fault?.kind === 'stale-index')
    texts.push(`${tree} does not always update the index of a node whose largest block has changed; 0.8.0 does.`);
  return texts;
}

function doubtText(doubt: Doubt, policy: PolicyName | undefined, request: BlockRequest): string {
  const why = reasonOf(doubt);
  if (request.kind === 'deallocate') return why;
  if (!policy) return `${why} No known policy gives this address.`;
  const name = policy === 'two-btrees' ? 'best fit (two-btrees)' : policy;
  return `${why} This is what ${name} looks at in the same free blocks, and it gives this address.`;
}

function reasonOf(doubt: Doubt): string {
  switch (doubt.kind) {
    case 'unnamed':
      return 'The trace names no policy.';
    case 'unknown-policy':
      return `The trace names the policy "${doubt.policy}", which is not one that can be simulated.`;
    case 'unknown-past':
      return 'The trace does not have everything that happened to this space before.';
    case 'different':
      return `The policy ${doubt.policy} gives another address at step ${formatCount(doubt.step)} than the recorded one.`;
  }
}

/** Returns the sentence for what a free does. */
function freedText({ address, size }: BlockRequest & { kind: 'deallocate' }, looks: readonly Look[]): string {
  const what = `The ${formatCounted(size, 'byte')} at ${formatAddress(address)}`;
  if (size === 0) return `${what} are no bytes, so nothing changes.`;
  if (looks.some(({ kind }) => kind === 'end')) return `${what} are the last ones, so the end of all blocks moves back.`;
  const merged = looks.filter(({ kind, verdict }) => verdict === 'chosen' && (kind === 'before' || kind === 'after'));
  if (merged.length === 0) return `${what} are a free block of their own.`;
  const start = Math.min(address, ...merged.map(({ block }) => block.address));
  const end = Math.max(address + size, ...merged.map(({ block }) => block.address + block.size));
  const sides = merged.map(({ kind }) => kind).join(' and ');
  return `${what} are merged with the free block ${sides} them, into one of ${formatCounted(end - start, 'byte')} at ${formatAddress(start)}.`;
}

/** Returns the sentence for where an address comes from. */
function givenText(
  { kind, size }: Exclude<BlockRequest, { kind: 'deallocate' }>,
  looks: readonly Look[],
  { freeBlocks }: Explanation,
): string {
  const source = sourceOf(looks);
  if (size === 0) return 'The request is for no bytes, so no block is allocated.';
  if (!source) return '';
  const { address } = source.block;
  const block = `the free block of ${formatCounted(source.block.size, 'byte')} at ${formatAddress(address)}`;
  const rest = sizeOf(source, looks) - size;
  switch (source.kind) {
    case 'same':
      return 'The block keeps its size, so it stays where it is.';
    case 'end': {
      const none =
        freeBlocks === 0 && kind === 'allocate'
          ? 'Nothing is free'
          : `No free block that it looks at has ${formatCounted(size, 'byte')}`;
      return `${none}, so the block is appended after all others, at ${formatAddress(address)}.`;
    }
    case 'hole':
      return rest === 0
        ? `The block and the free blocks around it are exactly ${formatCounted(size, 'byte')}, at ${formatAddress(address)}.`
        : `The block and the free blocks around it are ${formatCounted(source.block.size, 'byte')} at ${formatAddress(address)}. The tail is the new block, and the first ${formatCounted(rest, 'byte')} stay free.`;
    default:
      return rest === 0
        ? `It is exactly ${block}.`
        : `It is the tail of ${block}, whose first ${formatCounted(rest, 'byte')} stay free.`;
  }
}

/** Returns the sentence for how a defect of the release strikes. */
function defectText({ kind, block }: Look, { looks, request }: Explanation): string | undefined {
  const where = formatAddress(block.address);
  const bytes = formatCounted(block.size, 'byte');
  switch (kind) {
    case 'leaf': {
      const root = looks.findLast((look) => look.kind === 'root');
      if (!root) return undefined;
      const promised = `${formatCounted(root.block.size, 'byte')} at ${formatAddress(root.block.address)}`;
      return `The root of the tree promises ${promised}, but its index leads to a leaf whose largest block has ${formatCount(block.size)}, at ${where}. The library takes the root's size for the block of the leaf, and allocates the bytes that would then be its tail.`;
    }
    case 'root':
      return `The root of the tree promises ${bytes} at ${where}, but no such block is in the tree. The library allocates it all the same.`;
    case 'block': {
      const better = looks.find((look) => look.kind === 'missed');
      if (!better) return undefined;
      return `The free block of ${formatCounted(better.block.size, 'byte')} at ${formatAddress(better.block.address)} fits better, but the search stops at the first node of the tree that has one that fits, with ${bytes} at ${where}.`;
    }
    case 'missed':
      return `The free block of ${bytes} at ${where} fits, but the search ends without reaching it.`;
    case 'before':
      return `The free block of ${bytes} at ${where} touches the freed one, but the search stops at a node above it, so the two are not merged.`;
    case 'after':
      return `The free block of ${bytes} at ${where} touches the freed one, but the release looks for it in the wrong leaf, so the two are not merged.`;
    case 'removed':
      return `A slot of the tree has another block by the time that the library clears it: the free block of ${bytes} at ${where} is forgotten${request.kind === 'reallocate' ? '' : ' and lost'}.`;
    default:
      return undefined;
  }
}

/** Returns the sentence for which live block has bytes of the new one. */
function overlapText(trace: Trace, { request, before, policy, firstDamage, fault }: Explanation): string | undefined {
  const block = overlapped(request, before);
  if (!block) return undefined;
  const message = messageName(trace, block.step);
  const by = message === undefined ? '' : ` (${message})`;
  const text = `The bytes belong to a block of step ${formatCount(block.step)}${by}: ${formatCounted(block.size, 'byte')} at ${formatAddress(block.address)}.`;
  const isNew = fault?.kind === 'stale-index' || policy === undefined || !isReleaseName(policy);
  return isNew || firstDamage === undefined ? text : `${text} The free list is wrong since step ${formatCount(firstDamage)}.`;
}

/** Returns a live block that the request's new block overlaps. */
function overlapped(request: BlockRequest, before: Explanation['before']): LiveBlock | undefined {
  if (request.kind === 'deallocate') return undefined;
  const state = request.kind === 'reallocate' ? deallocated(before, request.oldAddress, request.oldSize) : before;
  for (const block of state.blocks.overlapping(request.address, request.size)) return block;
  return undefined;
}

/** Returns a policy without the defect that strikes here. */
function betterThan({ policy, looks, fault, request, before }: Explanation): string | undefined {
  if (!policy || !isReleaseName(policy)) return undefined;
  const struck = looks.some(({ verdict }) => verdict === 'wrong') || fault?.kind === 'stale-index' || overlapped(request, before);
  if (!struck) return undefined;
  return policy === 'memory-region@0.1.1' ? 'two-btrees' : 'max-value';
}

/** Returns the name of the message that a step is in. */
function messageName(trace: Trace, step: number): string | undefined {
  const span = trace.messages.of(trace.eventOf(step));
  const begin = span && trace.at(span.begin);
  return begin?.kind === 'begin' ? trace.nameAt(span?.begin ?? 0, begin.name) : undefined;
}
