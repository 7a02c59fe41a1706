import { judgeOrder, type KeyOrder, type KeyPair, offends } from '../../stable-structures/orders.ts';

/** Orders of keys that only Motoko's libraries have, beside those of plain bytes. */
const ORDERS: readonly KeyOrder[] = [
  { name: 'length, then bytes from the last', compare: (a, b) => a.length - b.length || compareFromLast(a, b) },
  // Blobify of memory-collection 0.0 reads numbers of a fixed size so, and the tree compares what was read.
  { name: 'bits of all bytes', compare: (a, b) => bitsOf(a) - bitsOf(b) },
];

/** The order that most pairs follow; of equally good ones the simplest. */
export function judgeKeyOrder(pairs: readonly KeyPair[]): KeyOrder {
  const general = judgeOrder(pairs);
  let best = general.order;
  let least = general.violations;
  for (const order of ORDERS) {
    const violations = pairs.filter(({ before, after }) => offends(order, before, after, false)).length;
    if (violations < least) [best, least] = [order, violations];
  }
  return best;
}

/** Numbers of any length whose least digit comes first. */
function compareFromLast(a: Uint8Array, b: Uint8Array): number {
  for (let index = a.length - 1; index >= 0; index -= 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function bitsOf(key: Uint8Array): number {
  return key.reduce((bits, byte) => bits | byte, 0);
}
