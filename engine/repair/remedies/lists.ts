import { Budget } from '../../core/budget.ts';
import { formatCounted } from '../../core/format.ts';
import { littleEndian } from '../../core/little-endian.ts';
import { lastUsedEnd } from '../../core/memory/last-used.ts';
import { at } from '../../core/memory/memory.ts';
import { COUNT_AT, DATA_MAGIC, ENTRIES_AT, encodeHeader } from '../../rust/log/layout.ts';
import { otherSlotSize } from '../../rust/vec/item-size.ts';
import { decodeHeader, LENGTH_AT, MAX_SIZE_AT, SLOTS_AT, sizeWidth, slotSize } from '../../rust/vec/layout.ts';
import { Slots } from '../../rust/vec/slots.ts';
import { type Advice, first, type Remedy, refused } from '../remedy.ts';

/** Sets the length of a Vec or MinHeap to its last used slot. */
export const restoreVecLength: Remedy = ({ placed }) => {
  const memory = placed?.space.memory;
  if (memory === undefined) return refused('The memory cannot be read.');
  const slot = slotSize(decodeHeader(memory));
  const count = slot === 0 ? 0 : Math.max(0, Math.ceil((lastUsedEnd(memory) - SLOTS_AT) / slot));
  const proposal = {
    what: `Set the length to ${formatCounted(count, 'item')}, up to the last slot that is not zero.`,
    writes: [{ memory, at: LENGTH_AT, bytes: littleEndian(count, 8) }],
  };
  const doubt = `The last slot that is not zero is the ${count}th, but items that were popped leave their bytes, and items can be zero.`;
  return { kind: 'doubtful', proposals: [proposal], doubt };
};

/** Restores the maximum size of items from the distance at which the bytes repeat. */
export const restoreItemSize: Remedy = ({ placed }) => {
  const memory = placed?.space.memory;
  if (memory === undefined) return refused('The memory cannot be read.');
  const header = decodeHeader(memory);
  const { count, size } = new Slots(memory, header);
  const other = otherSlotSize(memory, count, size);
  if (other === undefined) return refused('The bytes do not show which size the items have.');
  const max = header.fixed ? other : other - sizeWidth({ ...header, maxSize: other });
  return first({
    what: `Restored the size of the items, ${formatCounted(max, 'byte')}: at this distance the bytes repeat, and the last slot is the last used one.`,
    writes: [{ memory, at: MAX_SIZE_AT, bytes: littleEndian(max, 4) }],
  });
};

/** Sets the count of a log to the ends that ascend and are inside its data. */
export const restoreLogCount: Remedy = ({ placed }): Advice => {
  if (placed === undefined) return refused('The log cannot be read.');
  const count = placed.structure.count(new Budget());
  const proposal = {
    what: `Set the count to ${formatCounted(count, 'entry', 'entries')}, as many as have ends that ascend.`,
    writes: [{ memory: placed.space.memory, at: COUNT_AT, bytes: littleEndian(count, 8) }],
  };
  const doubt = 'The ends that ascend may go on after the last entry, with those of entries from before the log was cleared.';
  return { kind: 'doubtful', proposals: [proposal], doubt };
};

/** Restores the header of a log's data. Its index shows what it was. */
export const restoreLogData: Remedy = ({ finding, snapshot }) => {
  const space = snapshot.spaces.find(({ part }) => part === finding.part);
  if (space === undefined || finding.at.length > ENTRIES_AT)
    return refused(
      'Entries, or their ends, are overwritten, too. "stable-memory recover SNAPSHOT" lists the entries that can still be read.',
    );
  const bytes = new Uint8Array(ENTRIES_AT);
  bytes.set(encodeHeader(DATA_MAGIC));
  return first({
    what: "Restored the header of the log's data.",
    writes: [{ memory: space.memory, at: at(0, 0), bytes }],
  });
};
