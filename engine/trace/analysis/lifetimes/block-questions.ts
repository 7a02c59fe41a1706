/** Questions about the blocks of an allocator, for people: when most was live, what is never freed, what lives only briefly. */
import type { Sliced } from '../../../core/slices.ts';
import type { Trace } from '../../trace.ts';
import { type BlockRecords, NEVER } from './block-records.ts';
import type { CallPaths } from './call-paths.ts';
import type { MessageNames } from './message-names.ts';
import { inOrderOfEnds } from './order-of-ends.ts';
import { OutermostMessages } from './outermost-messages.ts';

const RECORDS_PER_TURN = 4_096;

/** The most bytes that were live after one step. */
export interface HighWaterMark {
  /** The first step with that many. 0 if nothing was ever live. */
  readonly step: number;
  /** Overlapping bytes count twice. */
  readonly bytes: number;
  readonly blocks: number;
}

/** Finds when most bytes were live. `steps` is the number of steps that the records cover. */
export function* highWaterMark(records: BlockRecords, steps: number): Sliced<HighWaterMark> {
  const dying = yield* inOrderOfEnds(records, steps);
  let best: HighWaterMark = { step: 0, bytes: 0, blocks: 0 };
  let [bytes, blocks, nextDying] = [0, 0, 0];
  for (let record = 0; record < records.count; record++) {
    if (record % RECORDS_PER_TURN === 0) yield;
    const step = records.beginOf(record);
    for (; nextDying < dying.length; nextDying++) {
      const ended = dying[nextDying] ?? 0;
      if (records.endOf(ended) > step) break;
      bytes -= records.sizeOf(ended);
      blocks -= 1;
    }
    bytes += records.sizeOf(record);
    blocks += 1;
    const isLastOfStep = record + 1 === records.count || records.beginOf(record + 1) > step;
    if (isLastOfStep && bytes > best.bytes) best = { step, bytes, blocks };
  }
  return best;
}

/** Blocks that have something in common. */
export interface BlockGroup {
  readonly label: string;
  readonly blocks: number;
  readonly bytes: number;
}

/** Groups the blocks that are live at the end of the trace, by a label. The group with most bytes is first. */
export function* aliveAtEnd(records: BlockRecords, labelOf: (record: number) => string): Sliced<readonly BlockGroup[]> {
  const groups = new Map<string, { blocks: number; bytes: number }>();
  for (let record = 0; record < records.count; record++) {
    if (record % RECORDS_PER_TURN === 0) yield;
    if (records.endOf(record) !== NEVER) continue;
    const label = labelOf(record);
    const { blocks, bytes } = groups.get(label) ?? { blocks: 0, bytes: 0 };
    groups.set(label, { blocks: blocks + 1, bytes: bytes + records.sizeOf(record) });
  }
  return [...groups].map(([label, group]) => ({ label, ...group })).sort((left, right) => right.bytes - left.bytes);
}

/** Returns a function that names the message that allocated a block. */
export function messageLabel(records: BlockRecords, names: MessageNames): (record: number) => string {
  return (record) => names.nameOf(names.numberAt(records.bornOf(record)));
}

/** Returns a function that writes the call stack of an allocation in one line: `main › add › allocate`. */
export function stackLabel(records: BlockRecords, paths: CallPaths): (record: number) => string {
  const labels = Array.from({ length: paths.count }, (_, path) => {
    const functions = paths.functionsOf(path);
    return functions.length === 0 ? 'no call stack' : functions.toReversed().join(' › ');
  });
  return (record) => labels[records.pathOf(record)] ?? '';
}

/** A block that lives only briefly. */
export interface ShortLivedBlocks {
  /** Blocks that the message that allocated them freed again, and the sum of their sizes. */
  readonly blocks: number;
  readonly bytes: number;
  /** The number of all blocks. */
  readonly all: number;
  /** The message that allocates most of them is first. */
  readonly byMessage: readonly BlockGroup[];
}

/**
 * Finds the blocks that are freed by the outermost message that allocated them, or within `withinSteps` steps, if that is given. An
 * undone message frees nothing itself, so its blocks do not count.
 */
export function* shortLivedBlocks(
  trace: Trace,
  records: BlockRecords,
  names: MessageNames,
  withinSteps?: number,
): Sliced<ShortLivedBlocks> {
  const messages = new OutermostMessages(trace);
  const groups = new Map<string, { blocks: number; bytes: number }>();
  const total = { blocks: 0, bytes: 0, all: 0 };
  const label = messageLabel(records, names);
  for (let record = 0; record < records.count; record++) {
    if (record % RECORDS_PER_TURN === 0) yield;
    const born = records.bornOf(record);
    // A block that was split or came back is counted once, by its first part.
    if (born !== records.beginOf(record)) continue;
    total.all += 1;
    const end = records.endOf(record);
    if (end === NEVER || trace.isKind(trace.eventOf(end), 'end')) continue;
    const message = messages.of(born);
    const isShort = withinSteps === undefined ? message !== undefined && message === messages.of(end) : end - born <= withinSteps;
    if (!isShort) continue;
    const size = records.sizeOf(record);
    const { blocks, bytes } = groups.get(label(record)) ?? { blocks: 0, bytes: 0 };
    groups.set(label(record), { blocks: blocks + 1, bytes: bytes + size });
    total.blocks += 1;
    total.bytes += size;
  }
  const byMessage = [...groups].map(([name, group]) => ({ label: name, ...group }));
  return { ...total, byMessage: byMessage.sort((left, right) => right.blocks - left.blocks) };
}
