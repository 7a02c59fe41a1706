import { Budget } from '../../engine/core/budget.ts';
import { formatAddress, formatBytes, formatCount, formatCounted, toHex } from '../../engine/core/format.ts';
import { at, byteLength, PAGE_SIZE, type ReadableMemory } from '../../engine/core/memory/memory.ts';
import { hashMemory } from '../../engine/core/sha256.ts';
import { nodeHasher } from '../../engine/node/hasher.ts';
import type { OpenImage } from '../../engine/node/open-image.ts';
import { VirtualMemoryView } from '../../engine/rust/memory-manager/inspect.ts';
import { describeOrder } from '../../engine/rust/memory-manager/order.ts';
import type { SpaceState } from '../../engine/trace/state/allocation-state.ts';
import { Timeline } from '../../engine/trace/timeline.ts';
import { complain, print, printJson } from '../output.ts';
import { UnusableInput } from '../unusable-input.ts';
import { type OutputOptions, writeOutput } from '../write-output.ts';
import type { Arguments } from './arguments.ts';
import type { Command } from './command.ts';
import { SNAPSHOT_HELP, SNAPSHOT_OPTIONS } from './snapshot-options.ts';
import { withImage, withTrace } from './trace.ts';

/** Milliseconds for all checksums together: some 100 GiB. */
const HASHING_TIME = 120_000;

export const REPLAY: Command = {
  name: 'replay',
  about: 'the state after a step; optionally the memory image',
  usage: 'TRACE [--snapshot S] [--to STEP] [--image OUT [--force]] [--labels FILE] [--unpack-limit SIZE] [--json]',
  more: `Without --to, the end. Exit status 1 where a checkpoint of the trace does not match the replayed memory.
--force replaces a file OUT that is there.
${SNAPSHOT_HELP}`,
  options: {
    snapshot: { type: 'string' },
    to: { type: 'string' },
    image: { type: 'string' },
    force: { type: 'boolean' },
    ...SNAPSHOT_OPTIONS,
  },
  run: (given) =>
    withTrace(given, async ({ trace }) => {
      const to = given.number('to') ?? trace.steps;
      if (to > trace.steps)
        throw new UnusableInput(`The trace has ${formatCounted(trace.steps, 'step')}; there is no step ${formatCount(to)}.`);
      return withImage(given, (snapshot) => {
        const timeline = Timeline.open(trace, { image: snapshot?.memory, hasher: nodeHasher });
        timeline.seek(to);
        return report(timeline, given, snapshot);
      });
    }),
};

function report(timeline: Timeline, given: Arguments, snapshot: OpenImage | undefined): number {
  const { memory, position, steps } = timeline;
  const output = given.option('image');
  if (output !== undefined) {
    if (memory === undefined) {
      throw new UnusableInput(
        'This trace gives no image: it tells what an allocator handed out, or no bucket size, but not where the bytes lie.',
      );
    }
    const inputs = [given.positionals[0] ?? '', ...(snapshot?.files ?? [])];
    writeImage(output, { inputs, folder: snapshot?.folder, force: given.flag('force') }, memory);
  }
  const budget = new Budget({ milliseconds: HASHING_TIME });
  const { findings, cutShort } = timeline.verify(position, budget);
  const faults = timeline.faults().faults.filter((fault) => fault.step <= position);
  const told = [...timeline.trace.findings, ...timeline.findings, ...findings, ...faults];
  const state = {
    schema: 'stable-memory/replay/1',
    step: position,
    steps,
    pages: memory?.pages ?? null,
    sha256: hashOf(memory, budget),
    spaces: timeline.spaces.map((space) => spaceReport(timeline, space, budget)),
    ...notChecked(cutShort ?? budget.cutShort),
    findings: told,
  };
  if (given.json) printJson(state);
  else {
    print(`step ${formatCount(position)} of ${formatCount(steps)}`);
    if (memory !== undefined) print(`image: ${formatCounted(memory.pages, 'page')}, SHA-256 ${state.sha256}`);
    for (const space of timeline.spaces) print(`${space.name}: ${describeSpace(timeline, space)}`);
    for (const finding of told) print(`${finding.message}  [${finding.code}]`);
  }
  if (budget.cutShort !== undefined) complain(`Not every checksum was computed. ${budget.cutShort}`);
  return findings.length > 0 || budget.cutShort !== undefined ? 1 : 0;
}

function notChecked(reason: string | undefined): { readonly notChecked?: string } {
  return reason === undefined ? {} : { notChecked: reason };
}

/** In lower-case hex; null where there is no memory, or the time for it was over. */
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

/** Of a virtual memory: its buckets as the running canister has them, and what a load makes of them where that differs. */
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
