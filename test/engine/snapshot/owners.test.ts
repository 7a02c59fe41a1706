import { expect, test } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import { at, byteLength } from '../../../engine/core/memory/memory.ts';
import { ownersOf } from '../../../engine/snapshot/owners.ts';
import { opened } from './opened.ts';

/** Bytes of each memory that are looked at, one by one. */
const LOOKED_AT = 12_000;

test.each(['btreemap-v2-overflow-churn', 'btreemap-v1-native', 'memory-btree-order256'])(
  'the innermost owner of each byte of %s has it, where fields go on in another page, too',
  (name) => {
    const snapshot = opened(name);
    for (const { memory, part } of snapshot.spaces) {
      for (let address = 0; address < Math.min(byteLength(memory), LOOKED_AT); address++) {
        const [here] = memory.toImage(at(0, address), 1);
        if (here === undefined) continue;
        const own = ownersOf(snapshot, here.start, new Budget()).at(-1);
        const isWithin = own !== undefined && own.at.start <= here.start && here.start < own.at.start + own.at.length;
        if (!isWithin) expect.fail(`${own?.kind} ${own?.name} does not have byte ${address} of ${part}.`);
      }
    }
  },
);
