import type { FindingCode } from '../../core/findings.ts';
import { formatAddress, formatCount, formatCounted } from '../../core/format.ts';
import { at, PAGE_SIZE } from '../../core/memory/memory.ts';
import { MAX_PAGES } from '../../core/memory/overlay.ts';
import type { SpaceNumber, TraceEvent } from '../events.ts';
import { spaceOf } from '../format/event-fields.ts';
import { isExact, type SpaceView, takesEffect } from '../state/allocation-state.ts';
import type { LiveBlock } from '../state/block-tree.ts';

export type FaultCode = Extract<
  FindingCode,
  | 'trace.overlap'
  | 'trace.double-free'
  | 'trace.not-live'
  | 'trace.out-of-bounds'
  | 'trace.grow-failed'
  | 'trace.unknown-space'
  | 'trace.bucket-order'
  | StateFaultCode
>;

/** Faults that a step's event does not show, only the memory or the state after it. */
export const STATE_FAULTS = ['trace.leak', 'trace.metadata', 'trace.checkpoint'] as const satisfies readonly FindingCode[];
export type StateFaultCode = (typeof STATE_FAULTS)[number];

/** Something that went wrong in the recorded program, at a step. */
export interface Fault {
  readonly code: FaultCode;
  readonly step: number;
  readonly space: SpaceNumber;
  /** The range of the step. */
  readonly address: number;
  readonly size: number;
  /** The live block that it collides with. */
  readonly block: LiveBlock | undefined;
  readonly message: string;
}

const NONE: readonly Fault[] = [];

/** Returns the faults of the event that is step `step`. `state` is its space before it; undefined if the space is not declared. */
export function faultsOf(state: SpaceView | undefined, event: TraceEvent, step: number): readonly Fault[] {
  if (!state) {
    const space = spaceOf(event);
    return space === undefined ? NONE : unknownSpace(event, space, step);
  }
  if (isSound(state, event)) return NONE;
  const reporter = new FaultReporter(state, step);
  switch (event.kind) {
    case 'grow':
      if (event.before === -1) {
        const stayed = state.pages === undefined ? '' : ` It stayed at ${formatCounted(state.pages, 'page')}.`;
        reporter.fault(
          'trace.grow-failed',
          0,
          0,
          undefined,
          `could not grow ${state.name} by ${formatCounted(event.by, 'page')}.${stayed}`,
        );
      } else if (!takesEffect(event)) {
        const from = `by ${formatCounted(event.by, 'page')} from ${formatCount(event.before)}`;
        const limit = `no stable memory has more than ${formatCount(MAX_PAGES)} pages (500 GiB)`;
        reporter.fault('trace.out-of-bounds', 0, 0, undefined, `grew ${state.name} ${from}, but ${limit}. It is not applied.`);
      }
      break;
    case 'write':
      checkBounds(reporter, state, event.address, event.bytes.length, 'wrote');
      break;
    case 'read':
      checkBounds(reporter, state, event.address, event.length, 'read');
      break;
    case 'allocate':
      checkAllocation(reporter, event.address, event.size, state.blocks.overlapping(event.address, event.size));
      break;
    case 'deallocate':
      checkDeallocation(reporter, state, event.address, event.size);
      break;
    case 'reallocate':
      checkDeallocation(reporter, state, event.oldAddress, event.oldSize);
      checkAllocation(reporter, event.address, event.size, overlappingOthers(state, event));
      break;
    case 'free':
      if (event.keep !== undefined && event.keep > state.size && state.known) {
        const size = formatCounted(state.size, 'byte was', 'bytes were');
        reporter.fault(
          'trace.out-of-bounds',
          0,
          event.keep,
          undefined,
          `should keep ${formatCounted(event.keep, 'byte')}, but only ${size} ever allocated. It is not applied.`,
        );
      }
  }
  return reporter.faults;
}

/** Returns true if nothing is wrong with an event, for the usual ones. Most are, so this comes first, and makes nothing. */
function isSound(state: SpaceView, event: TraceEvent): boolean {
  switch (event.kind) {
    case 'write':
      return isWithin(state, event.address, event.bytes.length);
    case 'read':
      return isWithin(state, event.address, event.length);
    case 'allocate':
      return (
        event.size === 0 ||
        (isExact(event.address, event.size) && state.blocks.firstOverlapping(event.address, event.size) === undefined)
      );
    case 'deallocate':
      return event.size === 0 || state.blocks.startingAt(event.address, event.size)?.size === event.size;
    default:
      return false;
  }
}

function isWithin({ pages }: SpaceView, address: number, size: number): boolean {
  return pages === undefined ? isExact(address, size) : address + size <= pages * PAGE_SIZE;
}

const BEYOND = 'which ends past 2^53, beyond any memory. It is not applied.';

/** Collects faults with messages that start with their step. */
class FaultReporter {
  readonly faults: Fault[] = [];
  readonly #state: SpaceView;
  readonly #step: number;

  constructor(state: SpaceView, step: number) {
    this.#state = state;
    this.#step = step;
  }

  fault(code: FaultCode, address: number, size: number, block: LiveBlock | undefined, rest: string): void {
    const { space } = this.#state;
    this.faults.push({ code, step: this.#step, space, address, size, block, message: `Step ${formatCount(this.#step)} ${rest}` });
  }
}

/** Formats a range: `0x37d0 + 32`. */
function formatRange(range: { readonly address: number; readonly size: number }): string {
  return `${formatAddress(range.address)} + ${formatCount(range.size)}`;
}

function checkBounds(reporter: FaultReporter, state: SpaceView, address: number, size: number, did: string): void {
  if (state.pages === undefined) {
    if (isExact(address, size)) return;
    reporter.fault('trace.out-of-bounds', address, size, undefined, `${did} ${formatRange({ address, size })}, ${BEYOND}`);
    return;
  }
  if (address + size <= state.pages * PAGE_SIZE) return;
  const end = formatAddress(state.pages * PAGE_SIZE);
  reporter.fault(
    'trace.out-of-bounds',
    address,
    size,
    undefined,
    `${did} ${formatRange({ address, size })}, but ${state.name} ends at ${end}.`,
  );
}

/** `overlapping` are the live blocks that overlap the new one. */
function checkAllocation(reporter: FaultReporter, address: number, size: number, overlapping: Iterable<LiveBlock>): void {
  if (size === 0) return;
  if (!isExact(address, size)) {
    reporter.fault('trace.out-of-bounds', address, size, undefined, `allocated ${formatRange({ address, size })}, ${BEYOND}`);
    return;
  }
  for (const block of overlapping) {
    const other = `${formatRange(block)} is live since step ${formatCount(block.step)}`;
    reporter.fault('trace.overlap', address, size, block, `allocated ${formatRange({ address, size })}, but ${other}.`);
    return;
  }
}

/** Returns the blocks, or the parts of them, that overlap a reallocated block and are not in the old range, which is freed first. */
function overlappingOthers(
  { blocks }: SpaceView,
  { oldAddress, oldSize, address, size }: Extract<TraceEvent, { readonly kind: 'reallocate' }>,
): readonly LiveBlock[] {
  const overlapping = [...blocks.overlapping(address, size)];
  if (oldSize === 0 || !isExact(oldAddress, oldSize)) return overlapping;
  const whole = blocks.startingAt(oldAddress, oldSize);
  if (whole?.size === oldSize) return overlapping.filter((block) => block.address !== whole.address || block.step !== whole.step);
  return overlapping
    .flatMap((block) => partsOutside(block, oldAddress, oldAddress + oldSize))
    .filter((part) => part.address < address + size && address < part.address + part.size);
}

/** Returns what is left of a block without a range. */
function partsOutside(block: LiveBlock, from: number, to: number): readonly LiveBlock[] {
  const end = block.address + block.size;
  if (end <= from || block.address >= to) return [block];
  const before = { ...block, size: from - block.address };
  const after = { ...block, address: at(0, to), size: end - to };
  return [before, after].filter((part) => part.size > 0);
}

function checkDeallocation(reporter: FaultReporter, state: SpaceView, address: LiveBlock['address'], size: number): void {
  if (size === 0) return;
  if (!isExact(address, size)) {
    reporter.fault('trace.out-of-bounds', address, size, undefined, `freed ${formatRange({ address, size })}, ${BEYOND}`);
    return;
  }
  if (state.blocks.startingAt(address, size)?.size === size || !state.known) return;
  const did = `freed ${formatRange({ address, size })}`;
  if (address + size > state.size) {
    reporter.fault(
      'trace.out-of-bounds',
      address,
      size,
      undefined,
      `${did}, but only the bytes below ${formatAddress(state.size)} were ever allocated.`,
    );
    return;
  }
  const blocks = [...state.blocks.overlapping(address, size)];
  const [first] = blocks;
  if (!first) {
    reporter.fault('trace.double-free', address, size, undefined, `${did}, but these bytes are already free.`);
    return;
  }
  let end: number = address;
  for (const block of blocks) if (block.address <= end) end = Math.max(end, block.address + block.size);
  if (end < address + size) {
    reporter.fault(
      'trace.not-live',
      address,
      size,
      first,
      `${did}, but only ${formatRange(first)} of it is live, since step ${formatCount(first.step)}.`,
    );
    return;
  }
  const last = blocks.at(-1);
  if (blocks.length > 1 && last && last.address + last.size > address + size) {
    reporter.fault(
      'trace.not-live',
      address,
      size,
      last,
      `${did}, which extends into ${formatRange(last)}, live since step ${formatCount(last.step)}.`,
    );
  }
}

function unknownSpace(event: TraceEvent, space: SpaceNumber, step: number): readonly Fault[] {
  if (event.kind === 'space' || event.kind === 'label' || event.kind === 'checkpoint') return [];
  const message = `Step ${formatCount(step)} uses space ${space}, which is not declared before.`;
  return [{ code: 'trace.unknown-space', step, space, address: 0, size: 0, block: undefined, message }];
}
