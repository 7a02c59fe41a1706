import { nameOfPart } from '../core/part-ids.ts';
import type { LayoutLock, LockedSpace, LockedVariable } from './lock.ts';
import { withKnownNames } from './variable-names.ts';
import { compareNames } from './write-lock.ts';

/** An updated lock, and a sentence about each change. */
export interface UpdatedLock {
  readonly lock: LayoutLock;
  readonly changes: readonly string[];
}

/**
 * Returns a lock of the current state that keeps what a person wrote into the old one: states, notes and declared types. Retired
 * memories and variables stay as they are, also when they are gone, so that their ids are not used again.
 */
export function updateLock(old: LayoutLock, current: LayoutLock): UpdatedLock {
  const changes: string[] = [];
  if (old.layout !== current.layout) changes.push(`The layout is ${current.layout}; it was ${old.layout}.`);
  compareFields(old.managers, current.managers, nameOfPart, changes);
  const spaces = merge(old.spaces, current.spaces, mergeSpace);
  const named = withKnownNames(old.variables, current.variables.keys());
  const variables = merge(named, current.variables, mergeVariable);
  compareFields(old.spaces, spaces, nameOfPart, changes);
  compareFields(named, variables, (name) => `variable ${name}`, changes);
  // A definition that only a retired variable uses is kept with it.
  const retired = [...named.values()].some(({ state }) => state === 'retired');
  const types = retired ? new Map([...old.types, ...current.types]) : current.types;
  for (const name of new Set([...old.types.keys(), ...types.keys()])) {
    if (old.types.get(name) !== types.get(name)) changes.push(`The type ${name} changed.`);
  }
  return { lock: { ...current, spaces, variables, types }, changes };
}

function merge<Item extends LockedSpace | LockedVariable>(
  old: ReadonlyMap<string, Item>,
  current: ReadonlyMap<string, Item>,
  mergeItem: (before: Item, now: Item) => Item,
): ReadonlyMap<string, Item> {
  const merged = new Map(current);
  for (const [name, before] of old) {
    const now = current.get(name);
    if (before.state === 'retired') merged.set(name, before);
    else if (now !== undefined) merged.set(name, mergeItem(before, now));
  }
  return merged;
}

function mergeSpace(before: LockedSpace, now: LockedSpace): LockedSpace {
  const { keyGuess, valueGuess, ...rest } = now;
  const key = now.key ?? before.key;
  const value = now.value ?? before.value;
  return {
    ...rest,
    ...stateOf(before),
    ...(key === undefined ? keyGuess !== undefined && { keyGuess } : { key }),
    ...(value === undefined ? valueGuess !== undefined && { valueGuess } : { value }),
  };
}

function mergeVariable(before: LockedVariable, now: LockedVariable): LockedVariable {
  // Without the program's module, or a value, what is known stays.
  return { ...before, ...now, ...stateOf(before) };
}

function stateOf({ state, note }: Pick<LockedSpace, 'state' | 'note'>): Pick<LockedSpace, 'state' | 'note'> {
  return { state, ...(note === undefined ? {} : { note }) };
}

/** Adds a sentence for each item that is new or gone, and for each field that changed. */
function compareFields(
  old: ReadonlyMap<string, object>,
  current: ReadonlyMap<string, object>,
  nameOf: (name: string) => string,
  changes: string[],
): void {
  const names = [...new Set([...old.keys(), ...current.keys()])].sort(compareNames);
  for (const name of names) {
    const [before, now] = [old.get(name), current.get(name)];
    const label = nameOf(name);
    if (before === undefined) changes.push(`${label} is new.`);
    else if (now === undefined) changes.push(`${label} is gone.`);
    else changes.push(...fieldChanges(label, before, now));
  }
}

function fieldChanges(label: string, before: object, now: object): readonly string[] {
  const [old, current] = [before, now].map((item) => new Map<string, unknown>(Object.entries(item)));
  if (old === undefined || current === undefined) return [];
  return [...new Set([...old.keys(), ...current.keys()])].flatMap((field) => {
    const [from, to] = [old.get(field), current.get(field)];
    if (from === to) return [];
    if (field === 'digest') return [digestChange(label, from !== undefined, to !== undefined)];
    return [`${label}: ${field} is ${textOf(to)}; it was ${textOf(from)}.`];
  });
}

function digestChange(label: string, was: boolean, is: boolean): string {
  if (was && is) return `${label} is deprecated, and its content changed.`;
  return `${label}: a digest of its content was ${is ? 'added' : 'removed'}.`;
}

function textOf(value: unknown): string {
  return value === undefined ? 'not set' : String(value);
}
