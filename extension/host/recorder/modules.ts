import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { formatBytes } from '../../../engine/core/format.ts';
import { plainText } from '../plain-text.ts';

/** Globs of the modules that tools build, and of all others. icp stores its modules without an ending. */
const PATTERNS = ['**/*.{wasm,wasm.gz}', '**/.icp/cache/artifacts/*', '**/wasm_module.{bin,bin.gz}'] as const;
/** Glob of folders with packages of others, and with what Cargo builds on the way. */
const EXCLUDED = '**/{node_modules,.git,deps,incremental}/**';
const MAX_FOUND = 500;

/** Tools, by the path of what they build. The first that fits counts. */
const BUILDERS = [
  { name: 'dfx', path: /[/\\]\.dfx[/\\][^/\\]+[/\\]canisters[/\\]/ },
  { name: 'icp', path: /[/\\]\.icp[/\\]/ },
  { name: 'Cargo', path: /[/\\]target[/\\]wasm32-[^/\\]+[/\\]release[/\\][^/\\]+$/ },
] as const;

/** A canister's module on disk. */
interface ModuleFile {
  readonly uri: vscode.Uri;
  /** The canister's name, as far as the file has it. */
  readonly name: string;
  /** Index of the tool that built it in `BUILDERS`, or their number. */
  readonly builder: number;
  readonly size: number;
  /** Time of its last change, in milliseconds since 1970. */
  readonly time: number;
}

/** Returns the name of the canister whose module is at a path. */
export function moduleName(path: string): string {
  const name = basename(path).replace(/\.gz$/, '');
  return name.replace(/(\.did|[-_.]opt(imized)?)?\.(wasm|bin)$/, '');
}

/** Returns the modules in the workspace: those that tools built, then all others, each the newest first. */
async function findModules(): Promise<readonly ModuleFile[]> {
  const lists = await Promise.all(PATTERNS.map((pattern) => vscode.workspace.findFiles(pattern, EXCLUDED, MAX_FOUND)));
  const unique = new Map(lists.flat().map((uri) => [uri.toString(), uri]));
  const modules = await Promise.all([...unique.values()].map(moduleAt));
  return modules.filter((module) => module !== undefined).sort((a, b) => a.builder - b.builder || b.time - a.time);
}

/** Returns the module in a file, or undefined if the file is not one. */
async function moduleAt(uri: vscode.Uri): Promise<ModuleFile | undefined> {
  try {
    const file = await open(uri.fsPath);
    try {
      const { buffer } = await file.read(new Uint8Array(4), 0, 4, 0);
      const isModule = buffer[0] === 0 && buffer[1] === 0x61 && buffer[2] === 0x73 && buffer[3] === 0x6d;
      const isPacked = buffer[0] === 0x1f && buffer[1] === 0x8b;
      if (!isModule && !isPacked) return undefined;
      const { size, mtimeMs } = await file.stat();
      const found = BUILDERS.findIndex(({ path }) => path.test(uri.fsPath));
      const builder = found < 0 ? BUILDERS.length : found;
      return { uri, name: moduleName(uri.fsPath), builder, size, time: mtimeMs };
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

interface Choice extends vscode.QuickPickItem {
  readonly module?: vscode.Uri;
}

/** The words with which a module is asked for. */
type Question = Pick<vscode.QuickPickOptions, 'title' | 'placeHolder'>;

const TO_RECORD: Question = {
  title: 'Record a trace: choose the module of the canister',
  placeHolder: 'The WebAssembly module that runs while the trace is recorded',
};

/** Lets the user choose a module. `first`: the one to offer at the top. */
export async function chooseModule(first: vscode.Uri | undefined, question = TO_RECORD): Promise<vscode.Uri | undefined> {
  const file: Choice = { label: '$(folder-opened) Choose a File…', alwaysShow: true };
  const choices = async (): Promise<Choice[]> => [...itemsOf(await findModules(), first), { label: '', kind: SEPARATOR }, file];
  const chosen = await vscode.window.showQuickPick(choices(), {
    ...question,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (chosen !== file) return chosen?.module;
  const [picked] =
    (await vscode.window.showOpenDialog({
      title: 'Choose the Module of a Canister',
      filters: { 'WebAssembly modules': ['wasm', 'gz', 'bin'], 'All files': ['*'] },
    })) ?? [];
  return picked;
}

const SEPARATOR = vscode.QuickPickItemKind.Separator;

function itemsOf(modules: readonly ModuleFile[], first: vscode.Uri | undefined): readonly Choice[] {
  const isFirst = ({ uri }: ModuleFile): boolean => uri.toString() === first?.toString();
  const groups = [
    { label: 'used last', of: modules.filter(isFirst) },
    ...[...BUILDERS.map(({ name }) => `built by ${name}`), 'other modules'].map((label, index) => ({
      label,
      of: modules.filter((module) => module.builder === index && !isFirst(module)),
    })),
  ];
  return groups.flatMap(({ label, of }) => (of.length === 0 ? [] : [{ label, kind: SEPARATOR }, ...of.map(itemOf)]));
}

function itemOf({ uri, name, size, time }: ModuleFile): Choice {
  return {
    label: `$(package) ${plainText(name)}`,
    description: `${formatBytes(size)} · ${new Date(time).toLocaleString()}`,
    detail: plainText(vscode.workspace.asRelativePath(uri)),
    module: uri,
  };
}

/** Remembers in the workspace which module each script was recorded with. */
export class ModulesOfScripts {
  static readonly #KEY = 'recorder.modules';
  readonly #state: vscode.Memento;
  readonly #changes = new vscode.EventEmitter<void>();

  readonly onDidChange = this.#changes.event;

  constructor(state: vscode.Memento) {
    this.#state = state;
  }

  get(script: vscode.Uri): vscode.Uri | undefined {
    const path = this.#all()[script.fsPath];
    return path === undefined ? undefined : vscode.Uri.file(path);
  }

  async set(script: vscode.Uri, module: vscode.Uri): Promise<void> {
    await this.#state.update(ModulesOfScripts.#KEY, { ...this.#all(), [script.fsPath]: module.fsPath });
    this.#changes.fire();
  }

  #all(): Readonly<Record<string, string>> {
    return this.#state.get<Readonly<Record<string, string>>>(ModulesOfScripts.#KEY, {});
  }
}
