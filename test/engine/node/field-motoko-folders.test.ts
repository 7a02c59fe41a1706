/** Whole snapshot folders as real Motoko canisters leave them: each says in its sidecar what is true of it. */

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import { type OpenImage, openImage } from '../../../engine/node/open-image.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { openSnapshot } from '../../../engine/snapshot/open-snapshot.ts';
import type { Snapshot } from '../../../engine/snapshot/snapshot.ts';
import { inspectReport } from '../../../engine/views/inspect.ts';
import { describeLayout } from '../../../engine/views/names.ts';
import { treeRows } from '../../../engine/views/tree/tree.ts';

import { sidecar } from '../../fixtures.ts';
import { unpackFolder } from '../../unpacked-folder.ts';
import { moduleWith } from '../motoko/module.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures/field-motoko');
const ENDING = '.tar.gz';
const NAMES = readdirSync(FIXTURES)
  .filter((file) => file.endsWith(ENDING))
  .map((file) => file.slice(0, -ENDING.length));

interface Sidecar {
  readonly kind: string;
  readonly persistence?: string;
  readonly stableVariables: readonly string[] | Readonly<Record<string, unknown>>;
  readonly values?: Readonly<Record<string, string | number>> | number;
  readonly fieldsOf_func_?: readonly string[];
  readonly tagOf_switch_?: string;
}

let close = (): void => undefined;
afterEach(() => {
  close();
  close = () => undefined;
});

async function opened(name: string, change: (folder: string) => void = () => undefined): Promise<Snapshot> {
  const { folder, remove } = unpackFolder(join(FIXTURES, name + ENDING));
  close = remove;
  change(folder);
  const image: OpenImage | { readonly problem: string } = await openImage(folder);
  if ('problem' in image) throw new Error(image.problem);
  close = () => {
    image.close();
    remove();
  };
  return openSnapshot(image);
}

const variablesOf = (snapshot: Snapshot) => inspectReport(snapshot, scanImage(snapshot)).stableVariables ?? [];

describe.each(NAMES)('%s', (name) => {
  const { kind, persistence, stableVariables, values, fieldsOf_func_, tagOf_switch_ } = sidecar<Sidecar>(name);

  test('has no error and no warning', async () => {
    const { findings } = scanImage(await opened(name));
    expect(findings.filter(({ severity }) => severity !== 'information')).toEqual([]);
  });

  test('has its stable variables', async () => {
    const found = new Map(variablesOf(await opened(name)).map((variable) => [variable['name'], variable]));
    if (Array.isArray(stableVariables)) expect([...found.keys()].sort()).toEqual([...stableVariables].sort());
    else
      for (const [variable, value] of Object.entries(stableVariables)) expect(found.get(variable)?.['text']).toBe(String(value));
    if (typeof values === 'object') {
      const { listLength, blob, ...texts } = values;
      for (const [variable, text] of Object.entries(texts)) expect(found.get(variable)?.['text']).toBe(text);
      expect(found.get('blob')?.['hex']).toBe(blob);
      expect(found.get('list')?.['count']).toBe(listLength);
    }
    if (fieldsOf_func_ !== undefined)
      for (const field of fieldsOf_func_) expect(found.get('func_')?.['text']).toMatch(new RegExp(`[ ;] ?${field} = `));
    if (tagOf_switch_ !== undefined) expect(found.get('switch_')?.['text']).toBe(`#${tagOf_switch_}`);
  });

  if (kind === 'motoko-canister-with-empty-stable-memory')
    test('opens as what it is', async () => {
      const snapshot = await opened(name);
      const said = `Motoko canister with ${persistence} persistence`;
      expect(describeLayout(snapshot)).toBe(`${said}; its stable variables are in wasm_memory.bin`);
      expect(snapshot.remarks.join()).toContain(`This is a ${said}. Its stable variables are in wasm_memory.bin`);
      expect(inspectReport(snapshot, scanImage(snapshot))).toMatchObject({ layout: 'empty', persistence, bytes: 0 });
    });
});

const RUNNING = 'eopvars-running-folder';
const MODULE = 'wasm_module.bin';
const MEMORY = 'wasm_memory.bin';
const textsOf = (snapshot: Snapshot) => snapshot.motoko.variables.map(({ name, text }) => [name, text]);

test('variables open in the tree, a long list by ranges', async () => {
  const snapshot = await opened(RUNNING);
  const rows = (parent?: string) => treeRows(snapshot, 'elements', parent, new Budget());
  const variables = rows(rows()[0]?.id);
  const list = variables.find(({ label }) => label === 'list');
  expect(variables.filter(({ expandable }) => expandable).map(({ label }) => label)).toEqual(['list', 'users']);
  const ranges = rows(list?.id);
  expect(ranges.map(({ label }) => label)).toEqual(['0 … 199', '200 … 399', '400 … 599', '600 … 799', '800 … 999']);
  expect(rows(ranges[4]?.id).map(({ label, description }) => [label, description])[199]).toEqual(['[999]', '0']);
  const [anna] = rows(variables.find(({ label }) => label === 'users')?.id);
  expect([anna?.description, ...rows(anna?.id).map(({ label, description }) => `${label} ${description}`)]).toEqual([
    '("anna", 1)',
    '[0] "anna"',
    '[1] 1',
  ]);
});

test('a packed module and a packed memory are read', async () => {
  const plain = textsOf(await opened(RUNNING));
  close();
  const packed = await opened(RUNNING, (folder) => {
    writeFileSync(join(folder, MODULE), gzipSync(readFileSync(join(folder, MODULE))));
    writeFileSync(join(folder, `${MEMORY}.gz`), gzipSync(readFileSync(join(folder, MEMORY))));
    rmSync(join(folder, MEMORY));
  });
  expect(textsOf(packed)).toEqual(plain);
});

test('without main memory the variables have their types', async () => {
  const snapshot = await opened(RUNNING, (folder) => rmSync(join(folder, MEMORY)));
  expect(describeLayout(snapshot)).toContain('Motoko canister with enhanced persistence');
  expect(snapshot.motoko.variables.map(({ name, text, type }) => [name, text, type])).toContainEqual([
    'users',
    undefined,
    '[(Text, Nat)]',
  ]);
});

test('without the module it is known by its main memory, and nothing is guessed', async () => {
  const snapshot = await opened(RUNNING, (folder) => rmSync(join(folder, MODULE)));
  expect(describeLayout(snapshot)).toContain('Motoko canister with enhanced persistence');
  expect(snapshot.motoko.variables).toEqual([]);
});

test('with a signature that cannot be read it is known by its main memory', async () => {
  const snapshot = await opened(RUNNING, (folder) =>
    writeFileSync(
      join(folder, MODULE),
      moduleWith(['icp:private motoko:stable-types', `actor { stable x : ${'?'.repeat(5_000)}Nat }`]),
    ),
  );
  expect(describeLayout(snapshot)).toContain('Motoko canister with enhanced persistence');
  expect(snapshot.motoko.variables).toEqual([]);
});

test("another program's module names nothing", async () => {
  const { folder, remove } = unpackFolder(join(FIXTURES, `names-underscore-folder${ENDING}`));
  const module = readFileSync(join(folder, MODULE));
  remove();
  const snapshot = await opened(RUNNING, (own) => writeFileSync(join(own, MODULE), module));
  expect(snapshot.motoko.variables.map(({ text }) => text)).toEqual(Array.from({ length: 5 }, () => undefined));
  expect(scanImage(snapshot).findings).toMatchObject([{ code: 'heap.unread', severity: 'information' }]);
});

test('a main memory that is cut gives no values, and says so', async () => {
  const snapshot = await opened(RUNNING, (folder) =>
    writeFileSync(join(folder, MEMORY), readFileSync(join(folder, MEMORY)).subarray(0, 5 * 2 ** 20)),
  );
  expect(snapshot.remarks.join()).toContain('only a part is there');
  expect(textsOf(snapshot).every(([, text]) => text === undefined)).toBe(true);
});
