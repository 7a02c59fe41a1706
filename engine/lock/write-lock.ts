import { type LayoutLock, LOCK_SCHEMA, type LockedManager, type LockedSpace, type LockedVariable } from './lock.ts';

/** Fields in the order in which they are written. */
const SPACE_FIELDS: Record<keyof LockedSpace, true> = {
  state: true,
  note: true,
  name: true,
  structure: true,
  role: true,
  of: true,
  version: true,
  pageSize: true,
  key: true,
  keyGuess: true,
  maxKeySize: true,
  fixedKeySize: true,
  value: true,
  valueGuess: true,
  maxValueSize: true,
  fixedValueSize: true,
  emptyValues: true,
  order: true,
  holds: true,
  cleared: true,
  digest: true,
};
const VARIABLE_FIELDS: Record<keyof LockedVariable, true> = { state: true, note: true, type: true, digest: true };
const MANAGER_FIELDS: Record<keyof LockedManager, true> = { version: true, bucketPages: true };

/** Returns a lock as text. Its lines are in a fixed order, one for each field, so that differences are easy to read. */
export function writeLock({ layout, managers, spaces, variables, types }: LayoutLock): string {
  const json = {
    schema: LOCK_SCHEMA,
    layout,
    managers: group(managers, MANAGER_FIELDS),
    spaces: group(spaces, SPACE_FIELDS),
    variables: group(variables, VARIABLE_FIELDS),
    types: Object.fromEntries(sorted(types)),
  };
  return `${JSON.stringify(json, undefined, 2)}\n`;
}

function group<Item extends object>(items: ReadonlyMap<string, Item>, fields: Record<keyof Item, true>): object {
  return Object.fromEntries(sorted(items).map(([name, item]) => [name, inOrder(item, fields)]));
}

function inOrder<Item extends object>(item: Item, fields: Record<keyof Item, true>): object {
  const values = new Map(Object.entries(item));
  return Object.fromEntries(Object.keys(fields).flatMap((name) => (values.has(name) ? [[name, values.get(name)]] : [])));
}

/** Sorts by name, with numbers in names by their values: `memory/2` before `memory/10`. */
function sorted<Item>(items: ReadonlyMap<string, Item>): readonly (readonly [string, Item])[] {
  return [...items].sort(([a], [b]) => compareNames(a, b));
}

export function compareNames(a: string, b: string): number {
  const [left, right] = [a, b].map((name) => name.replace(/\d+/g, (digits) => digits.padStart(20, '0')));
  return (left ?? '') < (right ?? '') ? -1 : left === right ? 0 : 1;
}
