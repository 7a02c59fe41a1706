import { formatBytes } from '../../../core/format.ts';
import type { Sliced } from '../../../core/slices.ts';
import type { BlockRecords } from './block-records.ts';
import type { CallPaths } from './call-paths.ts';
import type { MessageNames } from './message-names.ts';

const RECORDS_PER_TURN = 8_192;

/** The blocks of an allocator, divided into a few kinds. */
export interface BlockKinds {
  readonly labels: readonly string[];
  /** The kind of each record, as an index in `labels`. */
  readonly ofRecord: Uint8Array;
}

/** How blocks are divided: by a number, which has a name. */
export interface Division {
  numberOf(record: number): number;
  nameOf(number: number): string;
  /** The name of all kinds that are not large enough for one of their own. */
  readonly others: string;
  /** True if kinds are in the order of their numbers. Otherwise the largest is first. */
  readonly ordered: boolean;
}

/**
 * Divides blocks into at most `maxKinds` kinds. The kinds that take most bytes over most steps are named, and the others are one
 * kind, so that a kind means the same at any zoom.
 */
export function* divideBlocks(
  records: BlockRecords,
  { numberOf, nameOf, others, ordered }: Division,
  steps: number,
  maxKinds: number,
): Sliced<BlockKinds> {
  const numbers = new Uint32Array(records.count);
  const areas = new Map<number, number>();
  for (let record = 0; record < records.count; record++) {
    if (record % RECORDS_PER_TURN === 0) yield;
    const number = numberOf(record);
    const end = Math.min(steps + 1, records.endOf(record));
    numbers[record] = number;
    areas.set(number, (areas.get(number) ?? 0) + records.sizeOf(record) * (end - records.beginOf(record)));
  }
  const bySize = [...areas].sort(([, left], [, right]) => right - left).map(([number]) => number);
  const named = bySize.slice(0, bySize.length > maxKinds ? maxKinds - 1 : maxKinds);
  if (ordered) named.sort((left, right) => left - right);
  const places = new Map(named.map((number, place) => [number, place]));
  const ofRecord = new Uint8Array(records.count);
  for (let record = 0; record < records.count; record++) {
    if (record % RECORDS_PER_TURN === 0) yield;
    ofRecord[record] = places.get(numbers[record] ?? 0) ?? named.length;
  }
  return { labels: [...named.map(nameOf), ...(bySize.length > named.length ? [others] : [])], ofRecord };
}

/** Divides blocks by their sizes, from each power of two to the next. */
export function bySize(records: BlockRecords): Division {
  return {
    numberOf: (record) => Math.floor(Math.log2(records.sizeOf(record))),
    nameOf: (power) => {
      const least = 2 ** power;
      if (least >= 1_024) return `${formatBytes(least)} to ${formatBytes(2 * least)}`;
      return least === 1 ? '1 B' : `${least} B to ${2 * least - 1} B`;
    },
    others: 'other sizes',
    ordered: true,
  };
}

/** Divides blocks by the messages that allocated them. */
export function byMessage(records: BlockRecords, messages: MessageNames): Division {
  return {
    numberOf: (record) => messages.numberAt(records.bornOf(record)),
    nameOf: (number) => messages.nameOf(number),
    others: 'other messages',
    ordered: false,
  };
}

/** A function of an allocator itself, which says nothing about who allocates. */
const ALLOCATOR = /alloc|MemoryRegion/i;

/** Divides blocks by the functions that allocated them: the innermost ones that are not the allocator's own. */
export function byFunction(records: BlockRecords, paths: CallPaths): Division {
  const names: string[] = [];
  const numbers = new Map<string, number>();
  const ofPath = Array.from({ length: paths.count }, (_, path) => {
    const functions = paths.functionsOf(path);
    const name = functions.find((one) => !ALLOCATOR.test(one)) ?? functions[0] ?? 'no call stack';
    const number = numbers.get(name) ?? names.length;
    if (number === names.length) names.push(name);
    numbers.set(name, number);
    return number;
  });
  return {
    numberOf: (record) => ofPath[records.pathOf(record)] ?? 0,
    nameOf: (number) => names[number] ?? '',
    others: 'other functions',
    ordered: false,
  };
}
