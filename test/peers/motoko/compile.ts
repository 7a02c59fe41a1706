import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import motoko from 'motoko';
import { root } from '../../../tools/project.ts';
import { prepared } from './prepare.ts';
import { compileWasm, type WasmModule } from './web-assembly.ts';

const compiled = new Map<string, Program>();
let hasPackages = false;

/**
 * The kind of persistence: variables stay in main memory, which has addresses of 64 bits, or pass through stable memory, and
 * addresses have 32 bits.
 */
export type Persistence = 'enhancedOP' | 'classicOP';

/** Garbage collectors. Enhanced persistence has only the incremental one. */
export type Collector = 'copying' | 'marking' | 'generational' | 'incremental';

export interface Program {
  readonly module: WasmModule;
  /** The compiled module. */
  readonly wasm: Uint8Array;
  /** The stable variables and their types, in Motoko's syntax. */
  readonly signature: string;
  readonly persistence: Persistence;
}

/**
 * Compiles the actor in a file, with a path relative to this folder, once per process. The compiler cannot switch back from
 * classical to enhanced persistence.
 */
export function compile(name: string, persistence: Persistence = 'enhancedOP', collector: Collector = 'incremental'): Program {
  const key = `${name} ${persistence} ${collector}`;
  const known = compiled.get(key);
  if (known) return known;
  if (!hasPackages) loadPackages();
  hasPackages = true;
  motoko.compiler.gcFlags(persistence);
  motoko.compiler.gcFlags(collector);
  const file = basename(name);
  write(name);
  const wrong = motoko.check(file).filter(({ severity }) => severity === 1);
  if (wrong.length > 0) throw new Error(`${name} does not compile: ${JSON.stringify(wrong)}`);
  const { wasm, stable } = motoko.wasm(file, 'ic');
  const program = { module: compileWasm(prepared(wasm)), wasm, signature: stable, persistence };
  compiled.set(key, program);
  return program;
}

/** Gives the compiler a file of this folder, which actors can import by its name alone. */
export function write(name: string): void {
  motoko.write(basename(name), readFileSync(join(import.meta.dirname, name), 'utf8'));
}

function loadPackages(): void {
  motoko.loadPackage(createRequire(import.meta.url)('motoko/packages/latest/core.json'));
  const folder = join(root, 'recorders', 'motoko', 'src');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.mo'));
  const files = sources.map((file) => [file, { content: readFileSync(join(folder, file), 'utf8') }] as const);
  motoko.loadPackage({ name: 'stable-memory-recorder', version: '0', files: Object.fromEntries(files) });
}
