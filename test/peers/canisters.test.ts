import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type RustCanister, rustCanister } from '../canisters/rust/build.ts';

/** The part of the platform's WebAssembly that this test uses. Node's types do not declare it. */
declare const WebAssembly: {
  readonly validate: (bytes: Uint8Array) => boolean;
  readonly Module: {
    new (bytes: Uint8Array): WasmModule;
    imports(module: WasmModule): readonly { readonly module: string; readonly name: string; readonly kind: string }[];
    exports(module: WasmModule): readonly { readonly name: string; readonly kind: string }[];
    customSections(module: WasmModule, name: string): readonly ArrayBuffer[];
  };
};
type WasmModule = { readonly compiled: true };

/** Where canisters have to be compiled, a missing one is a failure. */
const isRequired = (process.env['CI'] ?? '') !== '';

const interfaceText = readFileSync(join(import.meta.dirname, '..', 'canisters', 'rust', 'canister.did'), 'utf8');

/** The methods of the interface, as names of exports. */
const methods = [...interfaceText.matchAll(/^ {2}(\w+) : .*\) ?(\w*);$/gm)].map(
  ([, name, kind]) => `canister_${kind === '' ? 'update' : kind} ${name}`,
);

const entryPoints = [
  'canister_init',
  'canister_pre_upgrade',
  'canister_post_upgrade',
  'canister_inspect_message',
  'canister_heartbeat',
  'canister_global_timer',
];

const names: readonly RustCanister[] = ['quick', 'quick-next', 'newest', 'newest-next'];

for (const name of names) {
  const canister = await rustCanister(name);
  const mayMiss = !isRequired || name.startsWith('newest');
  const reason = canister.ok ? '' : `: ${canister.reason}`;

  describe.skipIf(!canister.ok && mayMiss)(`the Rust canister ${name}${reason}`, () => {
    const bytes = canister.ok ? canister.module : new Uint8Array();

    test('is a valid module', () => {
      expect(WebAssembly.validate(bytes), reason).toBe(true);
    });

    test('imports functions of the system only', () => {
      const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes));
      expect(new Set(imports.map(({ module, kind }) => `${kind} ${module}`))).toEqual(new Set(['function ic0']));
      expect(imports.map((entry) => entry.name)).toEqual(expect.arrayContaining(['stable64_read', 'stable64_write', 'call_new']));
    });

    test('exports its memory, its entry points, and all methods of its interface', () => {
      const exports = WebAssembly.Module.exports(new WebAssembly.Module(bytes));
      expect(exports).toContainEqual({ name: 'memory', kind: 'memory' });
      const functions = exports.filter(({ kind }) => kind === 'function').map((entry) => entry.name);
      expect(functions).toEqual(expect.arrayContaining([...entryPoints, ...methods]));
      const others = functions.filter((entry) => /^canister_\w+ \w/.test(entry) && !methods.includes(entry));
      expect(others).toEqual([]);
    });

    test('has its interface and the names of its functions, but no debug information', () => {
      const module = new WebAssembly.Module(bytes);
      const section = (title: string) =>
        WebAssembly.Module.customSections(module, title).map((content) => Buffer.from(content).toString());
      expect(section('icp:public candid:service')).toEqual([interfaceText]);
      expect(section('name').join()).toContain('5State6insert');
      expect(section('.debug_info')).toEqual([]);
    });
  });
}

test('the versions of a canister differ', async () => {
  for (const name of ['quick', 'newest'] as const) {
    const [first, next] = [await rustCanister(name), await rustCanister(`${name}-next`)];
    if (first.ok && next.ok) expect(Buffer.compare(first.module, next.module)).not.toBe(0);
  }
});

test('there are methods of all kinds', () => {
  expect(new Set(methods.map((method) => method.split(' ')[0]))).toEqual(
    new Set(['canister_update', 'canister_query', 'canister_composite_query']),
  );
  expect(methods).toContain('canister_update insert');
});
