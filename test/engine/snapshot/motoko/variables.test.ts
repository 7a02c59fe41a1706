import { expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { offsetAt } from '../../../../engine/core/memory/memory.ts';
import { BytesSource, SourceMemory } from '../../../../engine/core/memory/source.ts';
import { namesIn } from '../../../../engine/motoko/stable-variables/names.ts';
import { scanImage } from '../../../../engine/snapshot/full-scan.ts';
import { openSnapshot } from '../../../../engine/snapshot/open-snapshot.ts';
import { explainReport } from '../../../../engine/snapshot/owners.ts';
import type { Snapshot } from '../../../../engine/snapshot/snapshot.ts';
import { inspectReport } from '../../../../engine/views/inspect.ts';
import { treeRows } from '../../../../engine/views/tree/tree.ts';
import { imageBytes, sidecar } from '../../../fixtures.ts';

function opened(name: string, source = ''): Snapshot {
  const bytes = imageBytes(name);
  const memory = new SourceMemory(new BytesSource(bytes));
  return openSnapshot({ title: name, memory, bytes: bytes.length, missing: [], remarks: [], names: namesIn(source) });
}

const CLASSICAL = 'stablevars-classical-preupgrade';
const { stableSignature } = sidecar<{ readonly expect: { readonly stableSignature: string } }>(CLASSICAL).expect;

const texts = (snapshot: Snapshot) => Object.fromEntries(snapshot.motoko.variables.map(({ name, text }) => [name, text]));

test('stable variables have their names where the module has them, else their hashes', () => {
  const named = texts(opened(CLASSICAL, stableSignature));
  const unnamed = texts(opened(CLASSICAL));
  expect(Object.keys(named).every((name) => !/^_\d+_$/.test(name))).toBe(true);
  expect(Object.keys(unnamed).some((name) => /^_\d+_$/.test(name))).toBe(true);
  expect(Object.keys(unnamed).length).toBe(Object.keys(named).length);
  expect(named).toMatchInlineSnapshot(`
    {
      "big": "340282366920938463463374607431768211455",
      "blob": ""\\00\\01\\fe\\ff"",
      "ch": "10003",
      "counter": "2",
      "flag": "true",
      "i16": "-300",
      "list": "?(1, ?(2, null))",
      "marr": "var [1, 2, 3]",
      "n64": "81985529216486895",
      "n8": "200",
      "opt": "?7",
      "owner": "rrkah-fqaaa-aaaaa-aaaaq-cai",
      "pi": "3.25",
      "rec": "{ a = var 5; b = { c = var "inner" } }",
      "signed": "-123456789",
      "title": ""héllo ✓"",
      "users": "[{ id = 1; active = true; name = "Ada"; role = #admin; tags = ["x", "y"]; email = ?"ada@example.org" }, { id = 2; active = false; name = "Bob"; role = #user(7); tags = []; email = null }]",
    }
  `);
});

test('they are rows of the elements, and owners of their bytes', () => {
  const snapshot = opened(CLASSICAL, stableSignature);
  const root = treeRows(snapshot, 'elements', undefined, new Budget()).at(-1);
  expect([root?.label, root?.description]).toEqual(['stable variables', String(snapshot.motoko.variables.length)]);
  const rows = treeRows(snapshot, 'elements', root?.id, new Budget());
  expect(rows.map(({ label }) => label)).toEqual(snapshot.motoko.variables.map(({ name }) => name));
  for (const { name, at } of snapshot.motoko.variables) {
    if (!at) continue;
    const { chain } = explainReport(snapshot, offsetAt(0, at.start), new Budget());
    expect(chain.at(-1)).toEqual({ kind: 'stable-variable', name, address: at.start });
  }
});

test('inspect has them too', () => {
  const snapshot = opened(CLASSICAL, stableSignature);
  const report = inspectReport(snapshot, scanImage(snapshot));
  const { name, id: hash, text, at } = snapshot.motoko.variables[0] ?? {};
  expect(report.stableVariables?.[0]).toEqual({ name, hash, text, offset: at?.start, length: at?.length });
});

test('their types are read from a stored heap', () => {
  const snapshot = opened('graph-copy-regions', 'title count numbers pair');
  const report = inspectReport(snapshot, scanImage(snapshot));
  expect(report.stableVariables?.map(({ name, type }) => `${name} : ${type}`)).toEqual([
    'region : region',
    'title : text',
    'pair : opt record {…}',
    'count : nat',
    'numbers : var vec nat',
  ]);
  expect(report.manager).toMatchObject({
    state: 'pre-upgrade',
    phase: 'pre-upgrade',
    trailer: { version: 8, persistence: 'graph-copy', regions: true, graphCopy: { root: 'object', types: 11 } },
  });
  expect(snapshot.remarks.join(' ')).toContain('Version 8, a graph copy');
  expect(Object.values(report.usage).reduce((sum, bytes) => sum + bytes, 0)).toBe(report.bytes);
});

test.each([
  ['regions-basic-eop', 'running', 'running'],
  ['regions-basic-eop-preupgrade', 'pre-upgrade', 'pre-upgrade'],
  ['memory-region-churn-classical-preupgrade', 'pre-upgrade', 'pre-upgrade'],
])('%s is %s', (name, state, phase) => {
  const snapshot = opened(name);
  expect(inspectReport(snapshot, scanImage(snapshot)).manager).toMatchObject({ state, phase });
});

test('after an upgrade the pages that it added are left', () => {
  const bytes = new Uint8Array(imageBytes('regions-basic-eop').length + 65_536);
  bytes.set(imageBytes('regions-basic-eop'));
  const memory = new SourceMemory(new BytesSource(bytes));
  const snapshot = openSnapshot({ title: '', memory, bytes: bytes.length, missing: [], remarks: [] });
  expect(inspectReport(snapshot, scanImage(snapshot)).manager).toMatchObject({ state: 'running', phase: 'post-upgrade' });
  expect(snapshot.remarks).toEqual([
    'This Motoko canister has been upgraded: it has pages after its blocks, which only an upgrade adds.',
  ]);
});
