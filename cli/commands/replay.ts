import { Budget } from '../../engine/core/budget.ts';
import { formatAddress, formatBytes, formatCount, formatCounted, toHex } from '../../engine/core/format.ts';
import { at, byteLength, PAGE_SIZE, type ReadableMemory } from '../../engine/core/memory/memory.ts';
import { hashMemory } from '../../engine/core/sha256.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { nodeHasher } from '../../engine/node/hasher.ts';
import type { OpenImage } from '../../engine/node/open-image.ts';
import { type OutputOptions, writeOutput } from '../../engine/node/output/write-output.ts';
import { VirtualMemoryView } from '../../engine/rust/memory-manager/inspect.ts';
import { describeOrder } from '../../engine/rust/memory-manager/order.ts';
import type { SpaceState } from '../../engine/trace/state/allocation-state.ts';
import { Timeline } from '../../engine/trace/timeline.ts';
import { SNAPSHOT_HELP, SNAPSHOT_OPTIONS } from '../options/snapshot-options.ts';
import { print, printError, printJson } from '../output.ts';
import type { Arguments } from './arguments.ts';
import type { Command } from './command.ts';
import { withImage, withTrace } from './trace.ts';

/** Maximum time for all checksums together, enough for about 100 GiB. Milliseconds. */
const MAX_HASHING_TIME = 120_000;

export const REPLAY: Command = {
  name: 'replay',
  about: 'print the state after a step; optionally write the memory image',
  usage: 'TRACE [--snapshot S] [--to STEP] [--image OUT [--force]] [--labels FILE] [--unpack-limit SIZE] [--json]',
  more: `Without --to, replays to the end. The exit status is 1 if a checkpoint of the trace does not match the replayed memory.
--force replaces an existing file OUT.
${SNAPSHOT_HELP}`,
  options: {
    snapshot: { type: 'string' },
    to: { type: 'string' },
    image: { type: 'string' },
    force: { type: 'boolean' },
    ...SNAPSHOT_OPTIONS,
  },
  run: (args) =>
    withTrace(args, async ({ trace }) => {
      const to = args.number('to') ?? trace.steps;
      if (to > trace.steps)
        throw new UserError('input', `The trace has ${formatCounted(trace.steps, 'step')}; there is no step ${formatCount(to)}.`);
      return withImage(args, (snapshot) => {
        const timeline = Timeline.open(trace, { image: snapshot?.memory, hasher: nodeHasher });
        timeline.seek(to);
        return report(timeline, args, snapshot);
      });
    }),
};

function report(timeline: Timeline, args: Arguments, snapshot: OpenImage | undefined): number {
  const { memory, position, steps } = timeline;
  const output = args.option('image');
  if (output !== undefined) {
    if (memory === undefined) {
      throw new UserError(
        'input',
        'This trace has no memory image: it records only what an allocator allocated and freed, or lacks the bucket size.',
      );
    }
    const inputs = [args.positionals[0] ?? '', ...(snapshot?.files ?? [])];
    writeImage(output, { inputs, folder: snapshot?.folder, force: args.flag('force') }, memory);
  }
  const budget = new Budget({ milliseconds: MAX_HASHING_TIME });
  const { findings, cutShort } = timeline.verify(position, budget);
  const faults = timeline.faults().faults.filter((fault) => fault.step <= position);
  const all = [...timeline.trace.findings, ...timeline.findings, ...findings, ...faults];
  const state = {
    schema: 'stable-memory/replay/1',
    step: position,
    steps,
    pages: memory?.pages ?? null,
    sha256: hashOf(memory, budget),
    spaces: timeline.spaces.map((space) => spaceReport(timeline, space, budget)),
    ...notChecked(cutShort ?? budget.cutShort),
    findings: all,
  };
  if (args.json) printJson(state);
  else {
    print(`step ${formatCount(position)} of ${formatCount(steps)}`);
    if (memory !== undefined) print(`image: ${formatCounted(memory.pages, 'page')}, SHA-256 ${state.sha256}`);
    for (const space of timeline.spaces) print(`${space.name}: ${describeSpace(timeline, space)}`);
    for (const finding of all) print(`${finding.message}  [${finding.code}]`);
  }
  if (budget.cutShort !== undefined) printError(`Some checksums were not computed. ${budget.cutShort}`);
  return findings.length > 0 || budget.cutShort !== undefined ? 1 : 0;
}

function notChecked(reason: string | undefined): { readonly notChecked?: string } {
  return reason === undefined ? {} : { notChecked: reason };
}

/** Returns the SHA-256 in lower-case hex. Returns null if there is no memory, or if the time ran out. */
function hashOf(memory: ReadableMemory | undefined, budget: Budget): string | null {
  const hash = memory === undefined ? undefined : hashMemory(memory, budget, nodeHasher());
  return hash === undefined ? null : toHex(hash);
}

function isAllocator({ kind }: SpaceState): boolean {
  return kind === 'memory-region' || kind === 'chunk-allocator' || kind === 'memory-buffer';
}

function spaceReport(timeline: Timeline, state: SpaceState, budget: Budget) {
  const { space, kind, name, params, blocks, pages } = state;
  const id = params['memory'] ?? params['region'];
  const head = { space, kind, ...(id === undefined ? {} : { id }), name };
  if (isAllocator(state)) {
    const free = timeline.freeList(space);
    return {
      ...head,
      size: free?.size ?? state.size,
      allocated: [...blocks.from(0)].map((block) => [block.address, block.size]),
      free: [...(free?.blocks ?? [])].map((block) => [block.address, block.size]),
    };
  }
  const memory = timeline.memoryOf(space);
  return { ...head, pages: memory?.pages ?? pages ?? null, ...bucketsOf(memory), sha256: hashOf(memory, budget) };
}

/** Returns the buckets of a virtual memory in the order of the running canister, and the order after a reload if it differs. */
function bucketsOf(memory: ReadableMemory | undefined) {
  if (!(memory instanceof VirtualMemoryView)) return {};
  const { buckets, order } = memory;
  return { buckets, ...(order === undefined ? {} : { reloaded: order.reloaded, permutedPages: order.permuted }) };
}

function describeSpace(timeline: Timeline, state: SpaceState): string {
  if (!isAllocator(state)) {
    const memory = timeline.memoryOf(state.space);
    const order = memory instanceof VirtualMemoryView ? memory.order : undefined;
    const pages = formatCounted(memory?.pages ?? state.pages ?? 0, 'page');
    return order === undefined ? pages : `${pages}. ${describeOrder(order)}`;
  }
  const free = [...(timeline.freeList(state.space)?.blocks ?? [])];
  const bytes = free.reduce((sum, block) => sum + block.size, 0);
  return `up to ${formatAddress(state.size)}, ${formatCounted(state.blocks.count, 'live block')} (${formatBytes(state.blocks.bytes)}), ${formatCounted(free.length, 'free block')} (${formatBytes(bytes)})`;
}

function writeImage(path: string, options: OutputOptions, memory: ReadableMemory): void {
  const page = new Uint8Array(PAGE_SIZE);
  writeOutput(path, options, (sink) => {
    for (let start = 0; start < byteLength(memory); start += PAGE_SIZE) {
      memory.read(at(0, start), page);
      sink(page);
    }
  });
}
