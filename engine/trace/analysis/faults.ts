import type { FindingCode } from '../../core/findings.ts';
import { formatAddress, formatCount, formatCounted } from '../../core/format.ts';
import { PAGE_SIZE } from '../../core/memory/memory.ts';
import { MAX_PAGES } from '../../core/memory/overlay.ts';
import type { SpaceNumber, TraceEvent } from '../events.ts';
import { spaceOf } from '../format/event-fields.ts';
import { type AllocationState, isExact, type SpaceState, spaceIn, takesEffect } from '../state/allocation-state.ts';
import type { LiveBlock } from '../state/block-map.ts';

export type FaultCode = Extract<
  FindingCode,
  | 'trace.overlap'
  | 'trace.double-free'
  | 'trace.not-live'
  | 'trace.out-of-bounds'
  | 'trace.grow-failed'
  | 'trace.unknown-space'
  | 'trace.bucket-order'
>;

/** Something that went wrong in the recorded program, at a step. */
export interface Fault {
  readonly code: FaultCode;
  readonly step: number;
  readonly space: SpaceNumber;
  /** The range that the step is about. */
  readonly address: number;
  readonly size: number;
  /** The live block that it runs into. */
  readonly block: LiveBlock | undefined;
  readonly message: string;
}

/** What is wrong with the event that comes next, as step `step`. */
export function faultsOf(allocation: AllocationState, event: TraceEvent, step: number): readonly Fault[] {
  const space = spaceOf(event);
  if (space === undefined) return [];
  const state = spaceIn(allocation, space);
  if (!state) return unknownSpace(event, space, step);
  const told = new Telling(state, step);
  switch (event.kind) {
    case 'grow':
      if (event.before === -1) {
        const stayed = state.pages === undefined ? '' : ` It stayed at ${formatCounted(state.pages, 'page')}.`;
        told.fault(
          'trace.grow-failed',
          0,
          0,
          undefined,
          `could not grow ${state.name} by ${formatCounted(event.by, 'page')}.${stayed}`,
        );
      } else if (!takesEffect(event)) {
        const from = `by ${formatCounted(event.by, 'page')} from ${formatCount(event.before)}`;
        const most = `no stable memory has more than ${formatCount(MAX_PAGES)} pages (500 GiB)`;
        told.fault('trace.out-of-bounds', 0, 0, undefined, `grew ${state.name} ${from}, but ${most}. It is not applied.`);
      }
      break;
    case 'write':
      checkBounds(told, state, event.address, event.bytes.length, 'wrote');
      break;
    case 'read':
      checkBounds(told, state, event.address, event.length, 'read');
      break;
    case 'allocate':
      checkAllocation(told, state, event.address, event.size, undefined);
      break;
    case 'deallocate':
      checkDeallocation(told, state, event.address, event.size);
      break;
    case 'reallocate':
      checkDeallocation(told, state, event.oldAddress, event.oldSize);
      checkAllocation(told, state, event.address, event.size, state.blocks.startingAt(event.oldAddress, event.oldSize));
      break;
    case 'free':
      if (event.keep !== undefined && event.keep > state.size && state.known) {
        const size = formatCounted(state.size, 'byte was', 'bytes were');
        told.fault(
          'trace.out-of-bounds',
          0,
          event.keep,
          undefined,
          `should keep ${formatCounted(event.keep, 'byte')}, but only ${size} ever handed out.`,
        );
      }
  }
  return told.faults;
}

const BEYOND = 'which ends behind 2^53, where no memory reaches. It is not applied.';

/** Puts faults into sentences that begin with their step. */
class Telling {
  readonly faults: Fault[] = [];
  readonly #state: SpaceState;
  readonly #step: number;

  constructor(state: SpaceState, step: number) {
    this.#state = state;
    this.#step = step;
  }

  fault(code: FaultCode, address: number, size: number, block: LiveBlock | undefined, rest: string): void {
    const { space } = this.#state;
    this.faults.push({ code, step: this.#step, space, address, size, block, message: `Step ${formatCount(this.#step)} ${rest}` });
  }
}

/** `0x37d0 + 32` */
export function formatRange(range: { readonly address: number; readonly size: number }): string {
  return `${formatAddress(range.address)} + ${formatCount(range.size)}`;
}

function checkBounds(told: Telling, state: SpaceState, address: number, size: number, did: string): void {
  if (state.pages === undefined || address + size <= state.pages * PAGE_SIZE) return;
  const end = formatAddress(state.pages * PAGE_SIZE);
  told.fault(
    'trace.out-of-bounds',
    address,
    size,
    undefined,
    `${did} ${formatRange({ address, size })}, but ${state.name} ends at ${end}.`,
  );
}

function checkAllocation(told: Telling, state: SpaceState, address: number, size: number, old: LiveBlock | undefined): void {
  if (size === 0) return;
  if (!isExact(address, size)) {
    told.fault('trace.out-of-bounds', address, size, undefined, `was given ${formatRange({ address, size })}, ${BEYOND}`);
    return;
  }
  for (const block of state.blocks.overlapping(address, size)) {
    if (block === old) continue;
    const other = `${formatRange(block)} is live since step ${formatCount(block.step)}`;
    told.fault('trace.overlap', address, size, block, `was given ${formatRange({ address, size })}, but ${other}.`);
    return;
  }
}

function checkDeallocation(told: Telling, state: SpaceState, address: LiveBlock['address'], size: number): void {
  if (size === 0) return;
  if (!isExact(address, size)) {
    told.fault('trace.out-of-bounds', address, size, undefined, `gave back ${formatRange({ address, size })}, ${BEYOND}`);
    return;
  }
  if (state.blocks.startingAt(address, size)?.size === size || !state.known) return;
  const gave = `gave back ${formatRange({ address, size })}`;
  if (address + size > state.size) {
    told.fault(
      'trace.out-of-bounds',
      address,
      size,
      undefined,
      `${gave}, but only the bytes below ${formatAddress(state.size)} were ever handed out.`,
    );
    return;
  }
  const blocks = [...state.blocks.overlapping(address, size)];
  const [first] = blocks;
  if (!first) {
    told.fault('trace.double-free', address, size, undefined, `${gave}, but these bytes are free already.`);
    return;
  }
  let end: number = address;
  for (const block of blocks) if (block.address <= end) end = Math.max(end, block.address + block.size);
  if (end < address + size) {
    told.fault(
      'trace.not-live',
      address,
      size,
      first,
      `${gave}, but of these only ${formatRange(first)} is live, since step ${formatCount(first.step)}.`,
    );
    return;
  }
  const last = blocks.at(-1);
  if (blocks.length > 1 && last && last.address + last.size > address + size) {
    told.fault(
      'trace.not-live',
      address,
      size,
      last,
      `${gave}, which runs into ${formatRange(last)}, live since step ${formatCount(last.step)}.`,
    );
  }
}

function unknownSpace(event: TraceEvent, space: SpaceNumber, step: number): readonly Fault[] {
  if (event.kind === 'space' || event.kind === 'label' || event.kind === 'checkpoint') return [];
  const message = `Step ${formatCount(step)} speaks of space ${space}, and nothing before it says what that is.`;
  return [{ code: 'trace.unknown-space', step, space, address: 0, size: 0, block: undefined, message }];
}
