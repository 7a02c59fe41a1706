import { type Address, at, byteLength, type ReadableMemory, readBytes } from '../../core/memory/memory.ts';
import { changedSpans } from '../../core/memory/overlay.ts';
import type { SpaceNumber } from '../events.ts';
import type { Trace } from '../trace.ts';
import { declaredSpaces, type FreeBlock, gapsTouching, type SpaceState } from './allocation-state.ts';
import { BlockMap } from './block-map.ts';
import type { LiveBlock } from './block-tree.ts';
import { contentIdentity, memoryIn } from './memory-state.ts';
import type { TraceState } from './trace-state.ts';

/** Maximum changes of a list, and maximum bytes of a range, that are returned. */
const MAX_CHANGES = 1000;
const MAX_BYTES = 4096;

/** Changes in one space. */
export interface SpaceChange {
  /** The space after the change. */
  readonly space: SpaceState;
  readonly pagesBefore: number | undefined;
  readonly pages: number | undefined;
  /** Blocks that became live, and blocks that are no longer live, by address. */
  readonly allocated: readonly LiveBlock[];
  readonly deallocated: readonly LiveBlock[];
  /** Gaps between live blocks that appeared, and that disappeared. */
  readonly freed: readonly FreeBlock[];
  readonly taken: readonly FreeBlock[];
}

/** A range of changed bytes. */
export interface ByteChange {
  /** The space; 0 is the physical memory. */
  readonly space: SpaceNumber;
  readonly address: Address;
  readonly length: number;
  /** The first bytes of the range. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

export interface Changes {
  readonly from: number;
  readonly to: number;
  /** Only spaces with changes. */
  readonly spaces: readonly SpaceChange[];
  readonly bytes: readonly ByteChange[];
  /** True if there are more changes than returned. */
  readonly more: boolean;
}

/** Compares two states. Shared parts cost nothing, however large they are. */
export function changesBetween(trace: Trace, from: TraceState, to: TraceState): Changes {
  const before = from.allocation.spaces;
  const spaces = [...to.allocation.spaces.values()].flatMap((state) => spaceChange(before.get(state.identity), state) ?? []);
  const bytes = byteChanges(trace, from, to);
  const full = (list: readonly unknown[]): boolean => list.length >= MAX_CHANGES;
  const more = full(bytes) || spaces.some((change) => full(change.allocated) || full(change.deallocated));
  return { from: from.step, to: to.step, spaces, bytes, more };
}

function spaceChange(before: SpaceState | undefined, space: SpaceState): SpaceChange | undefined {
  if (before === space) return undefined;
  const { removed, added } = BlockMap.changes(before?.blocks ?? BlockMap.EMPTY, space.blocks, MAX_CHANGES);
  const pages = { pagesBefore: before?.pages, pages: space.pages };
  if (removed.length === 0 && added.length === 0 && pages.pages === pages.pagesBefore) return undefined;
  const gaps = gapsAround([...removed, ...added], before, space);
  return { space, ...pages, allocated: added, deallocated: removed, ...gaps };
}

/** Returns the gaps around changed blocks that only one of the states has. */
function gapsAround(
  blocks: readonly LiveBlock[],
  before: SpaceState | undefined,
  after: SpaceState,
): Pick<SpaceChange, 'freed' | 'taken'> {
  const around = (state: SpaceState | undefined): Map<string, FreeBlock> => {
    const gaps = new Map<string, FreeBlock>();
    if (!state) return gaps;
    for (const { address, size } of blocks) {
      for (const gap of gapsTouching(state, address, address + size)) gaps.set(`${gap.address} ${gap.size}`, gap);
    }
    return gaps;
  };
  const gapsBefore = around(before);
  const gapsAfter = around(after);
  const only = (some: Map<string, FreeBlock>, others: Map<string, FreeBlock>): readonly FreeBlock[] => {
    return [...some].filter(([key]) => !others.has(key)).map(([, gap]) => gap);
  };
  return { freed: only(gapsAfter, gapsBefore), taken: only(gapsBefore, gapsAfter) };
}

function byteChanges(trace: Trace, from: TraceState, to: TraceState): readonly ByteChange[] {
  const changes: ByteChange[] = [];
  const before = from.memoryState;
  const after = to.memoryState;
  if (before.image && after.image && before.image !== after.image) {
    for (const span of changedSpans(before.image, after.image, MAX_CHANGES)) {
      changes.push(byteChange(0, span.start, span.length, before.image, after.image));
    }
  }
  const declared = declaredSpaces(to.allocation);
  const identities = new Set(declared.map(({ identity }) => identity));
  for (const state of declared) {
    const declaration = trace.spaceAt(Math.max(0, to.allocation.next - 1), state.space);
    // A memory-region's bytes are those of its region, where they are returned if it is declared.
    const content = contentIdentity(state.kind, state.params) ?? state.identity;
    const isElsewhere = content !== state.identity && identities.has(content);
    const own = isElsewhere ? undefined : after.others.get(content);
    const old = before.others.get(content);
    if (own && old && own !== old) {
      for (const span of changedSpans(old, own, MAX_CHANGES))
        changes.push(byteChange(state.space, span.start, span.length, old, own));
    }
    // A virtual memory's bytes are in the image. Written ones are returned again, with their own addresses.
    if (own || to.step !== from.step + 1) continue;
    changes.push(...writtenChanges(trace, to, state.space, memoryIn(before, declaration), memoryIn(after, declaration)));
  }
  return changes.slice(0, MAX_CHANGES);
}

/** Returns the change by the step's own write in its space. */
function writtenChanges(
  trace: Trace,
  to: TraceState,
  space: SpaceNumber,
  before: ReadableMemory | undefined,
  after: ReadableMemory | undefined,
): readonly ByteChange[] {
  const event = trace.at(trace.eventOf(to.step));
  if (event.kind !== 'write' || event.space !== space || !before || !after) return [];
  const length = Math.min(event.bytes.length, byteLength(before) - event.address);
  if (length <= 0 || before.pages > after.pages) return [];
  return [byteChange(space, event.address, length, before, after)];
}

function byteChange(
  space: SpaceNumber,
  address: Address,
  length: number,
  before: ReadableMemory,
  after: ReadableMemory,
): ByteChange {
  const shown = Math.min(length, MAX_BYTES);
  return {
    space,
    address,
    length,
    before: readBytes(before, at(address, 0), shown),
    after: readBytes(after, at(address, 0), shown),
  };
}
