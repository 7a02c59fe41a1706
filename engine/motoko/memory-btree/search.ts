import type { NodeSearch } from '../../key-order/node-search.ts';

/** Searches a node as the library does. This matters if keys are not in order, as after a separator whose entry is gone. */
export const searchNode: NodeSearch = (count, compare) => {
  if (count === 0) return { index: 0, found: false };
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const order = compare(middle);
    if (order === 0) return { index: middle, found: true };
    if (order < 0) high = middle;
    else low = middle + 1;
  }
  const order = compare(low);
  return { index: order > 0 ? low + 1 : low, found: order === 0 };
};
