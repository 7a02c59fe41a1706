import { formatAddress, formatBytes, formatCount } from '../../core/format.ts';
import type { Look, LookKind, Verdict } from '../../motoko/memory-region/look.ts';
import type { BlockRequest } from '../../trace/simulate/explain.ts';
import type { WhyStep } from './calls.ts';

/** The texts of looks by verdict. Those that are missing do not occur. */
const TEXTS: Readonly<Record<LookKind, Partial<Record<Verdict, string>>>> = {
  block: {
    'passed-over': 'too small',
    chosen: 'free block that the policy takes',
    wrong: 'free block that the search finds',
  },
  node: { 'passed-over': 'a node whose blocks are too small' },
  root: {
    'passed-over': 'largest free block by the root: too small',
    seen: 'largest free block by the root',
    chosen: 'largest free block by the root',
    wrong: 'largest free block by the root, which is not in the tree',
  },
  branch: { seen: 'branch that the index leads to', wrong: 'branch that the index leads to' },
  leaf: { chosen: 'leaf that the index leads to', wrong: 'leaf that the index leads to' },
  missed: { seen: 'fits better, but the search does not reach it', wrong: 'fits, but the search does not reach it' },
  before: {
    'passed-over': 'free block before: does not touch',
    chosen: 'free block before: merged',
    wrong: 'free block before: touches, but the search does not find it',
  },
  after: {
    'passed-over': 'free block after: does not touch',
    chosen: 'free block after: merged',
    wrong: 'free block after: touches, but the search does not find it',
  },
  hole: { 'passed-over': 'hole that the block leaves: too small', chosen: 'hole that the block leaves' },
  removed: { wrong: 'free block that is forgotten' },
  same: { chosen: 'the same size, so the block stays' },
  end: { chosen: 'end of all blocks' },
};

/** Kinds whose figure is the largest block below a node. */
const NODES: readonly LookKind[] = ['node', 'branch', 'leaf'];
/** Kinds whose text begins with the address, because there can be many. */
const ADDRESSED: readonly LookKind[] = ['block', 'missed', 'removed'];

/** Returns a look as a row of the view. */
export function rowOf({ kind, block, verdict }: Look): WhyStep {
  const text = TEXTS[kind][verdict] ?? kind;
  const size = formatBytes(block.size);
  return {
    text: ADDRESSED.includes(kind) ? `${formatAddress(block.address)}: ${text}` : text,
    figure: kind === 'end' ? formatAddress(block.address) : NODES.includes(kind) ? `max ${size}` : size,
    address: block.address,
    verdict,
  };
}

/** Returns the look that an address comes from. */
export function sourceOf(looks: readonly Look[]): Look | undefined {
  return looks.findLast(({ verdict }) => verdict === 'chosen' || verdict === 'wrong');
}

/** Returns the row of the address that was handed out. Returns undefined if the source itself says it. */
export function givenRow(looks: readonly Look[], request: Exclude<BlockRequest, { kind: 'deallocate' }>): WhyStep | undefined {
  const source = sourceOf(looks);
  if (!source || source.kind === 'end' || source.kind === 'same') return undefined;
  const asked = request.kind === 'allocate' ? (request.requested ?? request.size) : request.size;
  const size = sizeOf(source, looks);
  const from = source.kind === 'leaf' || source.kind === 'hole' ? source.kind : 'block';
  return {
    text: 'address handed out',
    figure: size === asked ? 'the whole block' : `${from} + (${formatCount(size)} − ${formatCount(asked)})`,
    address: request.address,
    verdict: source.verdict,
  };
}

/** Returns the bytes that the policy takes a block to have: those of the root, if it follows the index. */
export function sizeOf(source: Look, looks: readonly Look[]): number {
  const root = source.kind === 'leaf' ? looks.findLast(({ kind }) => kind === 'root') : undefined;
  return (root ?? source).block.size;
}
