import { PAGE_SIZE } from '../../core/memory/memory.ts';
import type { Sliced } from '../../core/slices.ts';
import type { SpaceAccesses } from '../../trace/analysis/lifetimes/accesses.ts';
import { CoverageGrid } from '../../trace/analysis/figures/coverage-grid.ts';
import { baseOf } from '../../trace/analysis/figures/figures.ts';
import type { SpaceLife } from '../../trace/analysis/lifetimes/space-life.ts';
import type { BlocksAtStep } from './calls.ts';
import { type Axis, byteOf, placeOn } from './cells.ts';

const RECORDS_PER_TURN = 65_536;

/** Returns the live and the free blocks of an allocator after a step. The free ones are the gaps between the live ones. */
export function* blocksOfAllocator(life: SpaceLife, step: number, addresses: Axis): Sliced<BlocksAtStep> {
  const { records, sizes } = life;
  const size = sizes.at(step);
  const count = records.begunBy(step);
  const live = new Line(addresses);
  const changed = new Line(addresses);
  const starts = new Float64Array(count);
  const ends = new Float64Array(count);
  let [blocks, bytes] = [0, 0];
  for (let record = 0; record < count; record++) {
    if (record % RECORDS_PER_TURN === 0) yield;
    const end = records.endOf(record);
    if (end < step) continue;
    const address = records.addressOf(record);
    const length = records.sizeOf(record);
    if (end === step || records.beginOf(record) === step) changed.add(address, address + length);
    if (end === step) continue;
    live.add(address, address + length);
    starts[blocks] = address;
    ends[blocks] = address + length;
    blocks += 1;
    bytes += length;
  }
  yield;
  const free = new Line(addresses);
  const gaps = { blocks: 0, bytes: 0, largest: 0 };
  for (const [from, to] of gapsBetween(starts.subarray(0, blocks), ends.subarray(0, blocks), baseOf(life), size)) {
    if (gaps.blocks % RECORDS_PER_TURN === 0) yield;
    free.add(from, to);
    gaps.blocks += 1;
    gaps.bytes += to - from;
    gaps.largest = Math.max(gaps.largest, to - from);
  }
  return {
    step,
    size,
    live: { blocks, bytes },
    free: gaps,
    liveOf: live.bytes(),
    freeOf: free.bytes(),
    changed: changed.cells(),
  };
}

/** Returns the part of a memory that the trace wrote up to a step. Written ranges count as live. */
export function* blocksOfMemory(
  { pages }: SpaceLife,
  accesses: SpaceAccesses,
  step: number,
  addresses: Axis,
): Sliced<BlocksAtStep> {
  const written = new Line(addresses);
  const changed = new Line(addresses);
  const end = accesses.before(step + 1);
  for (let access = 0; access < end; access++) {
    if (access % RECORDS_PER_TURN === 0) yield;
    const address = accesses.addressOf(access);
    const top = address + accesses.lengthOf(access);
    if (!accesses.isRead(access)) written.add(address, top);
    if (accesses.stepOf(access) === step) changed.add(address, top);
  }
  return {
    step,
    size: Math.max(0, pages.at(step)) * PAGE_SIZE,
    live: { blocks: 0, bytes: 0 },
    free: { blocks: 0, bytes: 0, largest: 0 },
    liveOf: written.bytes(),
    freeOf: new Uint8Array(addresses.cells),
    changed: changed.cells(),
  };
}

/** Ranges of addresses over a line of cells. */
class Line {
  readonly #axis: Axis;
  readonly #grid: CoverageGrid;

  constructor(axis: Axis) {
    this.#axis = axis;
    this.#grid = new CoverageGrid(axis.cells, 1);
  }

  add(start: number, end: number): void {
    if (end > this.#axis.from && start < this.#axis.end) {
      this.#grid.add(placeOn(this.#axis, start), placeOn(this.#axis, end), 0, 1);
    }
  }

  /** Returns how full each cell is, from 0 to 255. */
  bytes(): Uint8Array {
    return Uint8Array.from(this.#grid.sums(), (part) => byteOf(part));
  }

  /** Returns the cells that are not empty. */
  cells(): Uint32Array {
    return Uint32Array.from([...this.bytes()].flatMap((part, cell) => (part > 0 ? [cell] : [])));
  }
}

/** Returns the ranges from `base` up to `size` that no block covers. Sorts both arrays. */
function* gapsBetween(
  starts: Float64Array,
  ends: Float64Array,
  base: number,
  size: number,
): Generator<readonly [number, number], void, undefined> {
  starts.sort();
  ends.sort();
  let from = base;
  let ended = 0;
  for (let started = 0; started < starts.length; started++) {
    const start = starts[started] ?? 0;
    // As many blocks ended as started, so nothing covers the addresses in between.
    while (ended < started && (ends[ended] ?? 0) <= start) from = Math.max(from, ends[ended++] ?? 0);
    if (ended === started && start > from) yield [from, start];
  }
  const last = Math.max(base, ends.at(-1) ?? base);
  if (size > last) yield [last, size];
}
