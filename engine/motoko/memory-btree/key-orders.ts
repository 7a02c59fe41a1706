import { judgeOrder } from '../../stable-structures/order-judge.ts';
import { type KeyOrder, type KeyPair, offends } from '../../stable-structures/orders.ts';

/** Numbers of any length whose least digit comes first, as Blobify writes a `Nat`. */
const LITTLE_ENDIAN: KeyOrder = {
  name: 'length, then bytes from the last',
  compare: (a, b) => a.length - b.length || compareFromLast(a, b),
};

/** The order that most pairs follow; of equally good ones the simplest. */
export function judgeKeyOrder(pairs: readonly KeyPair[]): KeyOrder {
  const { order, violations } = judgeOrder(pairs);
  const others = pairs.filter(({ before, after }) => offends(LITTLE_ENDIAN, before, after, false)).length;
  return others < violations ? LITTLE_ENDIAN : order;
}

function compareFromLast(a: Uint8Array, b: Uint8Array): number {
  for (let index = a.length - 1; index >= 0; index -= 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
