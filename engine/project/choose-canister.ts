import type { DeclaredCanister } from './canisters.ts';

/** Facts about a snapshot that tell which canister it is of. */
export interface Evidence {
  /** Names of the folders between the project and the snapshot, and of its file; the innermost is last. */
  readonly steps: readonly string[];
  /** Interface of the snapshot's own module. */
  readonly candid: string | undefined;
}

/** Facts about a canister in other files of the project. */
export interface CanisterFiles {
  /** Ids of the canister, as text, in all networks. */
  ids(name: string): readonly string[];
  /** Returns the text of its interface. */
  candid(canister: DeclaredCanister): string | undefined;
}

/**
 * Returns the canister that a snapshot is of: the one with the interface of its module, else the one that its path names, else the
 * only one of the project. Undefined where that is not certain.
 */
export function chooseCanister(
  canisters: readonly DeclaredCanister[],
  { steps, candid }: Evidence,
  files: CanisterFiles,
): DeclaredCanister | undefined {
  const own = canisters.filter(({ isForeign }) => !isForeign);
  if (candid !== undefined) {
    const wanted = withoutLayout(candid);
    const alike = own.filter((canister) => withoutLayout(files.candid(canister) ?? '') === wanted);
    if (alike.length === 1) return alike[0];
  }
  for (const step of steps.toReversed()) {
    const named = canisters.filter(({ name }) => isNamed(step, name) || files.ids(name).some((id) => isNamed(step, id)));
    // Of `chat` and `chat-index`, `chat-index-2026` is the second.
    const [longest, next] = named.toSorted((a, b) => b.name.length - a.name.length);
    if (longest !== undefined && next?.name.length !== longest.name.length) return longest.isForeign ? undefined : longest;
  }
  return own.length === 1 ? own[0] : undefined;
}

/** Endings that people add to a canister's name: a date or number, or one of these words. */
const ADDED =
  /^$|^[-_.@ ]+(?:v?\d|snapshots?|backup|dump|copy|state|stable|memory|before|after|old|new|ic|mainnet|prod|staging|local|bin|gz|zst)/i;

/** Returns whether a folder or file has a canister's name, perhaps with more after it: `chat-2026-11-30`, `chat.bin.gz`. */
function isNamed(step: string, name: string): boolean {
  return step.startsWith(name) && ADDED.test(step.slice(name.length));
}

/** Returns an interface without its comments and layout. */
function withoutLayout(candid: string): string {
  return candid.replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\//g, '').replace(/[\s;,]+/g, '');
}
