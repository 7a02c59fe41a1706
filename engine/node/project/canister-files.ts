import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { canistersOfDfx, canistersOfIcp, type DeclaredCanister } from '../../project/canisters.ts';
import type { CanisterFiles } from '../../project/choose-canister.ts';
import { isRecord, readJsonFile } from '../folders/json-file.ts';
import { DFX_FILE, ICP_FILE } from './find-project.ts';
import { readText } from './read-text.ts';

const CANISTER_FILE = 'canister.yaml';

/** Maximum files with canisters, or with their ids, in one folder. */
const MAX_LISTED = 200;

/** Reads the canisters that a project declares. */
export function canistersIn(root: string): readonly DeclaredCanister[] {
  const dfx = readText(join(root, DFX_FILE));
  const icp = readText(join(root, ICP_FILE));
  const { canisters, elsewhere } = icp === undefined ? { canisters: [], elsewhere: [] } : canistersOfIcp(icp, ICP_FILE);
  const others = elsewhere
    .flatMap((path) => expanded(root, path))
    .flatMap((path) => {
      const isFile = /\.ya?ml$/.test(path);
      const from = isFile ? path : `${path}/${CANISTER_FILE}`;
      const text = readText(join(root, from));
      return text === undefined ? [] : canistersOfIcp(text, from).canisters;
    });
  const found = [...(dfx === undefined ? [] : canistersOfDfx(dfx)), ...canisters, ...others];
  // A project that moves from one tool to the other has both files.
  return [...new Map(found.map((canister) => [canister.name, canister])).values()];
}

/** Returns the paths that a path like `canisters/*` stands for. */
function expanded(root: string, path: string): readonly string[] {
  const trimmed = path.replace(/^\.\//, '').replace(/\/+$/, '');
  if (trimmed.split('/').includes('..') || trimmed.startsWith('/')) return [];
  if (!trimmed.endsWith('*')) return trimmed.includes('*') ? [] : [trimmed];
  const folder = trimmed.replace(/\/?\*+$/, '');
  return namesIn(join(root, folder)).map((name) => (folder === '' ? name : `${folder}/${name}`));
}

/** Reads the ids and interfaces of a project's canisters. */
export class ProjectCanisterFiles implements CanisterFiles {
  readonly #root: string;
  #ids: ReadonlyMap<string, readonly string[]> | undefined;

  constructor(root: string) {
    this.#root = root;
  }

  ids(name: string): readonly string[] {
    this.#ids ??= idsIn(this.#root);
    return this.#ids.get(name) ?? [];
  }

  candid({ candid, from }: DeclaredCanister): string | undefined {
    if (candid === undefined || candid.split(/[/\\]/).includes('..')) return undefined;
    return readText(join(this.#root, dirname(from), candid));
  }
}

/** Reads the canister ids that `dfx` and `icp` note, for all networks. */
function idsIn(root: string): ReadonlyMap<string, readonly string[]> {
  const files = [
    join(root, 'canister_ids.json'),
    ...namesIn(join(root, '.dfx')).map((network) => join(root, '.dfx', network, 'canister_ids.json')),
    ...['cache', 'data'].flatMap((kind) => {
      const folder = join(root, '.icp', kind, 'mappings');
      return namesIn(folder).map((name) => join(folder, name));
    }),
  ];
  const ids = new Map<string, readonly string[]>();
  for (const path of files) {
    const file = readJsonFile(path);
    for (const [name, of] of file.kind === 'value' && isRecord(file.value) ? Object.entries(file.value) : []) {
      const own = [of, ...(isRecord(of) ? Object.values(of) : [])].filter((id) => typeof id === 'string' && id !== '');
      ids.set(name, [...(ids.get(name) ?? []), ...own.map(String)]);
    }
  }
  return ids;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).slice(0, MAX_LISTED);
  } catch {
    return [];
  }
}
