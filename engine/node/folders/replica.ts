import { readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { formatCount, formatCounted, fromHex } from '../../core/format.ts';
import { formatPrincipal, MAX_PRINCIPAL_BYTES } from '../../values/codecs/principal.ts';
import { readWhole } from '../read-whole.ts';
import { pagesOfState } from './canister-state.ts';
import { fileIn, type MemoryFiles, type NoSnapshot, type SnapshotFiles } from './snapshot-files.ts';

/**
 * The state of a local replica or of PocketIC:
 * - `…/checkpoints/HEIGHT/canister_states/CANISTER/`, with heights and canister ids in hex, or
 *   `…/tip/canister_states/CANISTER/`;
 * - in a canister's folder: `stable_memory.bin` or `HEIGHT_SHARD_stable_memory.overlay` files or both, the same for `vmemory_0`
 *   (main memory), `software.wasm` and `canister.pbuf`. The folder of a canister's snapshot has `snapshot.pbuf` instead.
 *
 * Source: dfinity/ic, `rs/state_layout/src/state_layout.rs`.
 */
const STATES = 'canister_states';
const STABLE = 'stable_memory';
const MAIN = 'vmemory_0';
const MODULE = 'software.wasm';
const STATE_FILES = ['canister.pbuf', 'snapshot.pbuf'] as const;

const OVERLAY_NAME = /^([0-9a-f]{1,16})_([0-9a-f]{1,16})_(.+)\.overlay$/;

/** Maximum folders that are searched for `canister_states`, and maximum depth below the opened folder. */
const MAX_FOLDERS = 20_000;
const MAX_DEPTH = 7;
/** Maximum canisters that are listed when the user has to choose one. */
const MAX_LISTED = 20;

/** Returns the files of a folder of one canister or of one canister's snapshot. Returns undefined if it is neither. */
export function canisterFolder(folder: string): SnapshotFiles | undefined {
  const names = namesIn(folder);
  return isCanister(names) ? canisterFiles(folder, names) : undefined;
}

/** Returns the files of the only canister in a folder of a replica's state. Returns undefined if there is none. */
export function stateFolder(folder: string): SnapshotFiles | NoSnapshot | undefined {
  const canisters = newestOf(canistersBelow(folder));
  const [only] = canisters;
  if (only === undefined) return undefined;
  if (canisters.length === 1) return canisterFolder(only.folder);
  const named = canisters.slice(0, MAX_LISTED).map((canister) => `${canisterName(canister.name)} in ${canister.folder}`);
  const more = canisters.length > MAX_LISTED ? `, and ${formatCount(canisters.length - MAX_LISTED)} more` : '';
  return {
    problem: `The state in ${folder} has ${formatCounted(canisters.length, 'canister')}. Open the folder of one of them: ${named.join(', ')}${more}.`,
  };
}

interface Canister {
  /** Its folder's name: the principal in hex. */
  readonly name: string;
  readonly folder: string;
  /** Height of the checkpoint; -1 for the tip, which a running replica writes to. */
  readonly height: number;
}

function isCanister(names: readonly string[]): boolean {
  return (
    overlaysOf(names, STABLE).length > 0 ||
    STATE_FILES.some((name) => names.includes(name)) ||
    (names.includes(MODULE) && names.some((name) => name === `${STABLE}.bin` || name === `${MAIN}.bin`))
  );
}

function canisterFiles(folder: string, names: readonly string[]): SnapshotFiles {
  const stable = layersOf(folder, names, STABLE);
  const overlays = stable?.kind === 'layers' ? stable.overlays.length : 0;
  const base = stable?.kind === 'layers' && stable.base !== undefined;
  return {
    title: canisterName(basename(resolve(folder))),
    folder,
    stable,
    main: layersOf(folder, names, MAIN),
    module: fileIn(folder, MODULE),
    pages: pagesOf(folder),
    remarks:
      overlays === 0
        ? []
        : [
            `This is a canister's state in a replica: ${base ? `${STABLE}.bin and ` : ''}${formatCounted(overlays, 'overlay file')}, merged while reading. The newest page wins.`,
          ],
  };
}

/** Returns one memory's base and overlays, or undefined if it has neither and is empty. */
function layersOf(folder: string, names: readonly string[], stem: string): MemoryFiles | undefined {
  const base = names.includes(`${stem}.bin`) ? join(folder, `${stem}.bin`) : undefined;
  const overlays = overlaysOf(names, stem).map((name) => join(folder, name));
  return base === undefined && overlays.length === 0 ? undefined : { kind: 'layers', base, overlays };
}

/** Returns the names of a memory's overlays, oldest first. Overlays of one height are shards of one state and share no pages. */
function overlaysOf(names: readonly string[], stem: string): readonly string[] {
  return names
    .flatMap((name) => {
      const [, height = '', shard = '', of] = OVERLAY_NAME.exec(name) ?? [];
      return of === stem ? [{ name, order: height.padStart(16, '0') + shard.padStart(16, '0') }] : [];
    })
    .sort((a, b) => (a.order < b.order ? -1 : 1))
    .map(({ name }) => name);
}

/** Maximum size of `canister.pbuf`, in bytes. */
const MAX_STATE = 64 * 2 ** 20;

function pagesOf(folder: string): number | undefined {
  try {
    return pagesOfState(readWhole(join(folder, STATE_FILES[0]), MAX_STATE));
  } catch {
    return undefined;
  }
}

/** Returns all canisters in the states below a folder, which may be `canister_states` itself. */
function canistersBelow(folder: string): readonly Canister[] {
  const found: Canister[] = [];
  const queue = [{ folder, depth: 0 }];
  for (let next = queue.shift(), seen = 0; next !== undefined && seen < MAX_FOLDERS; next = queue.shift(), seen += 1) {
    const { folder: parent, depth } = next;
    const children = foldersIn(parent);
    if (basename(resolve(parent)) === STATES) {
      const height = heightOf(parent);
      for (const name of children) found.push({ name, folder: join(parent, name), height });
    } else if (children.includes(STATES)) queue.push({ folder: join(parent, STATES), depth: depth + 1 });
    else if (depth < MAX_DEPTH) for (const name of children) queue.push({ folder: join(parent, name), depth: depth + 1 });
  }
  return found.filter(({ folder: one }) => isCanister(namesIn(one)));
}

function heightOf(states: string): number {
  const checkpoint = basename(dirname(resolve(states)));
  return /^[0-9a-f]{1,16}$/.test(checkpoint) ? Number.parseInt(checkpoint, 16) : -1;
}

/** Returns each canister at its newest checkpoint. */
function newestOf(canisters: readonly Canister[]): readonly Canister[] {
  const newest = new Map<string, Canister>();
  for (const canister of canisters) {
    const known = newest.get(canister.name);
    if (known === undefined || canister.height > known.height) newest.set(canister.name, canister);
  }
  return [...newest.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function canisterName(hex: string): string {
  const bytes = /^([0-9a-f]{2})+$/.test(hex) ? fromHex(hex) : undefined;
  return bytes === undefined || bytes.length > MAX_PRINCIPAL_BYTES ? hex : formatPrincipal(bytes);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  } catch {
    return [];
  }
}
