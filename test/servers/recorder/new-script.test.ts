import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { parseScript } from '../../../engine/recorder/script.ts';
import { loadCandidText } from '../../../servers/recorder/candid-text.ts';
import { newScriptText } from '../../../servers/recorder/new-script.ts';
import { assemble, functionType } from '../../engine/recorder/instrument/assemble.ts';

const folder = mkdtempSync(join(tmpdir(), 'new-script-'));
afterAll(() => rmSync(folder, { recursive: true }));

function moduleWith(exports: readonly string[], customs: Readonly<Record<string, string>>): Uint8Array {
  return assemble({
    types: [functionType([])],
    functions: exports.map((name) => ({ type: 0, code: [], export: name })),
    customs: Object.entries(customs).map(([name, text]) => ({ name, content: [...Buffer.from(text)] })),
  });
}

async function scriptFor(bytes: Uint8Array, name = 'notes.wasm'): Promise<string> {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return newScriptText(file);
}

const SERVICE = `
  type Tree = record { left : opt Tree; kids : vec Tree; name : text };
  type Shape = variant { point; circle : record { nat; float64 } };
  service : {
    put : (Tree, Shape, blob, vec nat8) -> (nat64);
    who : (principal, bool, int8, null, reserved) -> (text) query;
    "the rest" : (func () -> (), service {}) -> () composite_query;
  }`;

test('a script has a call of each method, with an example that is valid', async () => {
  const text = await scriptFor(moduleWith([], { 'icp:public candid:service': SERVICE }));
  expect(text).toMatchInlineSnapshot(`
    "// Calls of notes.wasm, one a line. They run in this order when a trace is recorded.
    // The arguments are examples: edit them, and repeat, move or delete lines.
    {"call":"init","arg":"()"}
    // put : (Tree, Shape, blob, vec nat8) -> (nat64)
    {"call":"update","method":"put","arg":"(record { left = null; kids = vec {}; name = \\"…\\" }, variant { point }, blob \\"\\", blob \\"\\")"}
    // who : (principal, bool, int8, null, reserved) -> (text) query
    {"call":"query","method":"who","arg":"(principal \\"2vxsx-fae\\", false, 0, null, null)"}
    // the rest : (func () -> (), service {}) -> () composite_query
    {"call":"composite-query","method":"the rest","arg":"(func \\"aaaaa-aa\\".method, service \\"aaaaa-aa\\")"}
    // Other calls. An upgrade can name another module with "wasm".
    // {"call":"upgrade","arg":"()"}
    "
  `);
  const calls = parseScript(text);
  if ('problems' in calls) throw new Error(calls.problems[0]?.problem);
  const candid = await loadCandidText();
  const module = { candidService: SERVICE, candidArguments: undefined };
  for (const { argument, method } of calls)
    if (argument.kind === 'text')
      expect(candid.encode(argument.text, { module, method: method || undefined })).toBeInstanceOf(Uint8Array);
});

test('an installation has an argument, by either section', async () => {
  const own = await scriptFor(moduleWith([], { 'icp:private candid:args': '(text, opt nat)', 'candid:service': 'service : {}' }));
  expect(own).toContain(JSON.stringify({ call: 'init', arg: '("…", null)' }));
  const both = await scriptFor(moduleWith([], { 'candid:service': 'service : (nat8) -> {}' }));
  expect(both).toContain(JSON.stringify({ call: 'init', arg: '(0)' }));
});

test('a module without an interface has its exports', async () => {
  const exports = ['canister_update add', 'canister_composite_query all', 'canister_heartbeat', 'canister_init', 'helper'];
  const text = await scriptFor(gzipSync(moduleWith(exports, {})), 'notes.wasm.gz');
  const lines = text.split('\n').filter((line) => /^(\/\/ )?\{/.test(line));
  expect(lines).toEqual([
    '{"call":"init","arg":"()"}',
    '{"call":"update","method":"add"}',
    '{"call":"composite-query","method":"all"}',
    '// {"call":"heartbeat"}',
    '// {"call":"upgrade","arg":"()"}',
  ]);
});

test('a file that is not a module is named', async () => {
  await expect(scriptFor(Buffer.from('no module'))).rejects.toThrow(/notes\.wasm is not a WebAssembly module\.$/);
});
