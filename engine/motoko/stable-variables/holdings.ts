/**
 * Information about stable memory that stable variables hold in addition to the records of libraries: regions, and the places of
 * values.
 */
import { type AddressRange, at } from '../../core/memory/memory.ts';
import type { StableVariables } from './inspect.ts';
import { allocatorOf, stepTo } from './memory-regions.ts';
import type { RecordValue, StableValue } from './value.ts';

export interface Holdings {
  /**
   * By region, the path from a variable to the first value that is the region, if all names on the path are known: `log.bytes`,
   * `files[3].data`.
   */
  readonly regions: ReadonlyMap<number, string>;
  /**
   * Lists of places of values that directly follow each other, by address. The records that have them can be anywhere in the
   * variables.
   */
  readonly places: readonly (readonly AddressRange[])[];
}

export const NO_HOLDINGS: Holdings = { regions: new Map(), places: [] };

/** Used in a path for a name of which only the hash is known. It cannot occur in a name. */
const UNKNOWN = '?';

/** Maximum records that are searched for places, and maximum numbers in each. */
const MAX_RECORDS = 1 << 20;
const MAX_NUMBERS = 6;
/** Minimum places in a list. */
const MIN_PLACES = 3;

/** Walks over all variables once. */
export function holdingsIn({ variables, names }: StableVariables): Holdings {
  const regions = new Map<number, string>();
  const shapes = new Map<string, number[][]>();
  let records = 0;
  const nameOf = (id: number): string => names.get(id) ?? UNKNOWN;
  const open: { readonly value: StableValue | undefined; readonly path: string }[] = variables
    .map(({ id, value }) => ({ value, path: nameOf(id) }))
    .reverse();
  const hold = (region: bigint, path: string): void => {
    if (!path.includes(UNKNOWN) && !regions.has(Number(region))) regions.set(Number(region), path);
  };
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, path } = next;
    if (value?.kind === 'region') hold(value.id, path);
    // A shared value was found at its first place.
    if (!value || !('items' in value)) continue;
    if (value.kind === 'record') {
      const allocator = allocatorOf(value, path, 'stable-variables');
      if (allocator) hold(allocator.regionId, path);
      if (records < MAX_RECORDS) records += addNumbers(shapes, value);
    }
    for (let index = value.items.length - 1; index >= 0; index -= 1) {
      const item = value.items[index];
      if (item && ('items' in item || item.kind === 'region'))
        open.push({ value: item, path: path + stepTo(value, index, nameOf) });
    }
  }
  return { regions, places: [...shapes.values()].map(placesIn).filter((places) => places !== undefined) };
}

/**
 * Adds the natural numbers of a record to those of other records with the same fields. Returns 1 if there are at least two,
 * otherwise 0.
 */
function addNumbers(shapes: Map<string, number[][]>, record: RecordValue): number {
  const numbers: number[] = [];
  const ids: number[] = [];
  for (const [index, item] of record.items.entries()) {
    if (item.kind !== 'plain' || typeof item.value !== 'bigint' || item.value < 0n || item.value > Number.MAX_SAFE_INTEGER)
      continue;
    numbers.push(Number(item.value));
    ids.push(record.fields[index]?.id ?? index);
  }
  if (numbers.length < 2 || numbers.length > MAX_NUMBERS) return 0;
  const key = ids.join();
  const columns = shapes.get(key) ?? numbers.map((): number[] => []);
  if (!shapes.has(key)) shapes.set(key, columns);
  for (const [column, number] of numbers.entries()) columns[column]?.push(number);
  return 1;
}

/**
 * Returns the ranges from the two columns that are offsets and sizes, if there are such: in sorted order each value begins where
 * the one before it ends.
 */
function placesIn(columns: readonly (readonly number[])[]): readonly AddressRange[] | undefined {
  for (const [offset, offsets] of columns.entries()) {
    if (offsets.length < MIN_PLACES) return undefined;
    const order = Uint32Array.from(offsets.keys()).sort((a, b) => (offsets[a] ?? 0) - (offsets[b] ?? 0));
    for (const [size, sizes] of columns.entries()) {
      if (size === offset || !follow(order, offsets, sizes)) continue;
      return Array.from(order, (index) => ({ start: at(0, offsets[index] ?? 0), length: sizes[index] ?? 0 }));
    }
  }
  return undefined;
}

function follow(order: Uint32Array, offsets: readonly number[], sizes: readonly number[]): boolean {
  let end = offsets[order[0] ?? 0] ?? 0;
  for (const index of order) {
    if (offsets[index] !== end) return false;
    end += sizes[index] ?? 0;
  }
  // Numbers that count up one by one follow each other, too.
  return end - (offsets[order[0] ?? 0] ?? 0) >= 2 * order.length;
}
