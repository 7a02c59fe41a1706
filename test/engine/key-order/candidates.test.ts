import { fc, test as law } from '@fast-check/vitest';
import { expect } from 'vitest';
import { naturalOrder } from '../../../engine/key-order/candidates.ts';
import { BY_LENGTH_FROM_LAST } from '../../../engine/key-order/orders.ts';
import { compareBytes } from '../../../engine/values/codec.ts';

/** Returns digits in base 255, lowest first, as Blobify encodes a `Nat`. */
function blobify(value: number): Uint8Array {
  const digits: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 255)) digits.push(rest % 255);
  return Uint8Array.from(digits);
}

const pairsOf = (keys: readonly Uint8Array[]) => keys.slice(1).map((after, index) => ({ before: keys[index] ?? after, after }));

law.prop([fc.uniqueArray(fc.nat({ max: 2 ** 31 - 1 }), { minLength: 2, maxLength: 60 })])(
  'numbers with their lowest digit first are never out of order',
  (numbers) => {
    const keys = numbers.sort((a, b) => a - b).map(blobify);
    const { compare } = naturalOrder(pairsOf(keys), false, [BY_LENGTH_FROM_LAST]).order;
    for (const { before, after } of pairsOf(keys)) expect(compare(before, after)).toBeLessThan(0);
  },
);

law.prop([fc.uniqueArray(fc.string({ maxLength: 12 }), { minLength: 2, maxLength: 60 })])(
  'texts are in the order of their bytes',
  (texts) => {
    const keys = texts.map((text) => new TextEncoder().encode(text)).sort(compareBytes);
    expect(naturalOrder(pairsOf(keys), false, [BY_LENGTH_FROM_LAST]).order.name).toBe('bytes');
  },
);
