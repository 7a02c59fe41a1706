import { idOf } from '../motoko/stable-variables/names.ts';
import type { ShownVariable } from '../snapshot/motoko/variables.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** Name of a variable of which only the Candid hash is known: `_1234_`. */
const HASHED = /^_(\d+)_$/;

function isHashed(name: string): boolean {
  return HASHED.test(name);
}

/** Returns the Candid hashes that a variable's name can stand for. In an image, one underscore at its end is left out. */
function idsOf(name: string): readonly number[] {
  const [, hash] = HASHED.exec(name) ?? [];
  return hash === undefined ? [idOf(name), idOf(name.replace(/_$/, ''))] : [Number(hash)];
}

/**
 * Returns variables with names in place of hashes, where the names are known: the module has names, an image before an upgrade
 * only hashes.
 */
export function withKnownNames<Item>(variables: ReadonlyMap<string, Item>, known: Iterable<string>): ReadonlyMap<string, Item> {
  const names = new Map<number, string>();
  for (const name of known) if (!isHashed(name)) for (const id of idsOf(name)) names.set(id, name);
  const renamed = [...variables].map(([name, item]): readonly [string, Item] => {
    const [id = 0] = idsOf(name);
    return [isHashed(name) ? (names.get(id) ?? name) : name, item];
  });
  return new Map(renamed);
}

/** Returns the stable variables that a snapshot shows, by their names in its module or else in a lock. */
export function shownVariables({ motoko }: Snapshot, inLock: Iterable<string>): ReadonlyMap<string, ShownVariable> {
  const shown = new Map(motoko.variables.map((variable) => [variable.name, variable]));
  return withKnownNames(shown, [...inLock, ...(motoko.signature?.variables ?? []).map(({ name }) => name)]);
}
