import { readYaml, type Yaml } from './yaml.ts';

/** A canister that a project declares. */
export interface DeclaredCanister {
  readonly name: string;
  /** `dfx.json`, `icp.yaml`, or the path of another file that it refers to. */
  readonly from: string;
  /** True where it is known not to be a program of the project's own: assets, or a canister that somebody else runs. */
  readonly isForeign: boolean;
  /** Cargo packages that may be its program, the likeliest first; none where it is not written in Rust. */
  readonly packages: readonly string[];
  /** Path of its interface, from the folder of the file that declares it. */
  readonly candid: string | undefined;
}

/** The package that a build command names: `cargo build -p chat`, `--package=chat`. */
const PACKAGE_OPTION = /(?:^|\s)(?:-p|--package)(?:\s+|=)["']?([\w-]+)/;
/** The module that a build leaves: `target/wasm32-unknown-unknown/release/chat_backend.wasm`. */
const MODULE_PATH = /target\/wasm(?:32|64)-[\w-]+\/[\w-]+\/([\w-]+)\.wasm/;

/** Maximum canisters of a project, and maximum texts of one that are searched for its package. */
const MAX_CANISTERS = 500;
const MAX_TEXTS = 1_000;

/** Returns the canisters in the text of a `dfx.json`. */
export function canistersOfDfx(text: string): readonly DeclaredCanister[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return [];
  }
  const canisters = isRecord(json) && isRecord(json['canisters']) ? Object.entries(json['canisters']) : [];
  return canisters.slice(0, MAX_CANISTERS).map(([name, declared]) => {
    const entry = isRecord(declared) ? declared : {};
    const type = entry['type'];
    const isForeign = type === 'assets' || type === 'pull' || 'remote' in entry || isUrl(entry['wasm']);
    const own = typeof entry['package'] === 'string' ? entry['package'] : undefined;
    const packages = isForeign || type === 'motoko' ? [] : packagesOf(name, own ?? packageIn(entry));
    return { name, from: 'dfx.json', isForeign, packages, candid: stringIn(entry, 'candid') };
  });
}

/** The content of an `icp.yaml`. */
export interface IcpProject {
  readonly canisters: readonly DeclaredCanister[];
  /** Paths of folders or files with other canisters. The last step may be `*`. */
  readonly elsewhere: readonly string[];
}

/** Returns the canisters in the text of an `icp.yaml`, or of a file of one canister. */
export function canistersOfIcp(text: string, from: string): IcpProject {
  const yaml = readYaml(text);
  if (!isRecord(yaml)) return { canisters: [], elsewhere: [] };
  const listed = [yaml['canisters'], yaml['canister']].flatMap((one) => one ?? []);
  const entries = listed.length > 0 ? listed : 'name' in yaml ? [yaml] : [];
  return {
    canisters: entries.slice(0, MAX_CANISTERS).flatMap((entry) => (isRecord(entry) ? canisterOf(entry, from) : [])),
    elsewhere: entries.filter((entry) => typeof entry === 'string').slice(0, MAX_CANISTERS),
  };
}

function canisterOf(entry: Readonly<Record<string, unknown>>, from: string): readonly DeclaredCanister[] {
  const name = stringIn(entry, 'name');
  if (name === undefined) return [];
  const recipe = isRecord(entry['recipe']) ? entry['recipe'] : {};
  const settings = isRecord(recipe['configuration']) ? recipe['configuration'] : {};
  const type = stringIn(recipe, 'type') ?? '';
  const isForeign = /asset|prebuilt/.test(type);
  const isOther = isForeign || type.includes('motoko');
  const packages = isOther ? [] : packagesOf(name, stringIn(settings, 'package') ?? packageIn(entry));
  return [{ name, from, isForeign, packages, candid: stringIn(settings, 'candid') }];
}

/** Returns the declared package, else those that a canister's package is usually called. */
function packagesOf(name: string, declared: string | undefined): readonly string[] {
  return declared === undefined ? ['', '_canister_impl', '_impl', '_canister'].map((ending) => `${name}${ending}`) : [declared];
}

/** Returns the Cargo package that the texts of a canister's declaration name. */
function packageIn(entry: Readonly<Record<string, unknown>>): string | undefined {
  const texts = textsIn(entry);
  const found = [PACKAGE_OPTION, MODULE_PATH].flatMap((pattern) => texts.flatMap((text) => pattern.exec(text)?.[1] ?? []));
  return found[0];
}

function textsIn(value: unknown): readonly string[] {
  const texts: string[] = [];
  const open: unknown[] = [value];
  for (let next = open.pop(), steps = 0; next !== undefined && steps < MAX_TEXTS; next = open.pop(), steps++) {
    if (typeof next === 'string') texts.push(next);
    else if (typeof next === 'object' && next !== null) open.push(...Object.values(next).slice(0, MAX_TEXTS).reverse());
  }
  return texts;
}

function isUrl(value: unknown): boolean {
  return typeof value === 'string' && /^https?:/.test(value);
}

function stringIn(entry: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const value = entry[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isRecord(value: Yaml | unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
