import type { Sliced } from '../../../core/slices.ts';
import { type BlockRecords, NEVER } from './block-records.ts';

const RECORDS_PER_TURN = 65_536;

/** Returns the records that end, in the order of their ends. `steps` is the number of steps that the records cover. */
export function* inOrderOfEnds(records: BlockRecords, steps: number): Sliced<Uint32Array> {
  const places = new Uint32Array(steps + 2);
  let count = 0;
  for (let record = 0; record < records.count; record++) {
    if (record % RECORDS_PER_TURN === 0) yield;
    const end = records.endOf(record);
    if (end === NEVER) continue;
    places[end + 1] = (places[end + 1] ?? 0) + 1;
    count += 1;
  }
  yield;
  for (let step = 1; step < places.length; step++) places[step] = (places[step] ?? 0) + (places[step - 1] ?? 0);
  const ordered = new Uint32Array(count);
  for (let record = 0; record < records.count; record++) {
    if (record % RECORDS_PER_TURN === 0) yield;
    const end = records.endOf(record);
    if (end === NEVER) continue;
    const place = places[end] ?? 0;
    places[end] = place + 1;
    ordered[place] = record;
  }
  return ordered;
}
