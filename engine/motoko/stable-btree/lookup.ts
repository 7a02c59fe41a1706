import type { Finding } from '../../core/findings.ts';
import type { ReadableMemory } from '../../core/memory/memory.ts';
import type { Lookup, LookupEnd, StoredBytes } from '../../core/structure.ts';
import type { NodeSearch } from '../../key-order/node-search.ts';

/** Searches a node as the port does (`binarySearch` in src/modules/utils.mo). */
export const searchNode: NodeSearch = (count, compare) => {
  if (count === 0) return { index: 0, found: false };
  let first = 0;
  let last = count - 1;
  while (first < last) {
    const middle = first + ((last - first) >> 1);
    const order = compare(middle);
    if (order === 0) return { index: middle, found: true };
    if (order > 0) first = middle + 1;
    else last = middle - 1;
  }
  const order = compare(first);
  return { index: order > 0 ? first + 1 : first, found: order === 0 };
};

/** Returns a lookup in a view of a memory as one in the memory itself: addresses, keys and values are the same. */
export function lookupIn(memory: ReadableMemory, { steps, end, ...lookup }: Lookup): Lookup {
  const stored = (bytes: StoredBytes): StoredBytes => ({ ...bytes, memory });
  const finding = (one: Finding): Finding => ({ ...one, memory });
  return {
    ...lookup,
    steps: steps.map((step) => ({
      ...step,
      memory,
      comparisons: step.comparisons.map((each) => ({ ...each, key: stored(each.key) })),
      findings: step.findings.map(finding),
    })),
    end: endIn(end, stored, finding),
  };
}

function endIn(end: LookupEnd, stored: (bytes: StoredBytes) => StoredBytes, finding: (one: Finding) => Finding): LookupEnd {
  switch (end.kind) {
    case 'found': {
      const { key, value } = end.element;
      return { ...end, element: { ...(key && { key: stored(key) }), ...(value && { value: stored(value) }) } };
    }
    case 'absent':
      return { ...end, before: end.before && stored(end.before), after: end.after && stored(end.after) };
    case 'broken':
      return { ...end, finding: finding(end.finding) };
    case 'cut':
      return end;
  }
}
