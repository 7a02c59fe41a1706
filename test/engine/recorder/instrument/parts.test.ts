/** Everything that names functions is renumbered, and what a host needs is exported. */
import { describe, expect, test } from 'vitest';
import { call, i32Const, i64Const, localGet } from '../../../../engine/recorder/instrument/format/encode.ts';
import { toOriginalIndex } from '../../../../engine/recorder/instrument/names.ts';
import { assemble, type Code, END, EXTERNREF, FUNCREF, functionType, I32, text, V128 } from './assemble.ts';
import { instrumented, TestHost } from './host.ts';

const RETURNS_I32 = functionType([], [I32]);
const ANSWER = { type: 0, code: i32Const(42) };
const OTHER = { type: 0, code: i32Const(43) };
const REF_FUNC = 0xd2;
const REF_NULL = 0xd0;
const CALL_FIRST: Code = [...i32Const(0), 0x11, 0, 0];

test('the start function does not run by itself, and is exported', () => {
  const module = assemble({
    types: [functionType([])],
    globals: [[I32, 1, ...i32Const(1), END]],
    functions: [{ type: 0, code: [...i32Const(2), 0x24, 0] }],
    start: 0,
  });
  const host = new TestHost(module);
  expect(host.info.hasStart).toBe(true);
  expect(host.global('smd:global:0')).toBe(1);
  host.call('smd:start');
  expect(host.global('smd:global:0')).toBe(2);
});

test('mutable globals are exported, and no others', () => {
  const module = assemble({
    globals: [
      [I32, 0, ...i32Const(1), END],
      [0x7e, 1, ...i64Const(2n), END],
      [0x7d, 1, 0x43, 0, 0, 0x40, 0x40, END],
      [0x7c, 1, 0x44, 0, 0, 0, 0, 0, 0, 0x10, 0x40, END],
      [V128, 0, 0xfd, 0x0c, ...new Array(16).fill(7), END],
      [FUNCREF, 1, REF_NULL, FUNCREF, END],
      [EXTERNREF, 1, REF_NULL, EXTERNREF, END],
    ],
  });
  const host = new TestHost(module);
  expect(host.info.mutableGlobals).toEqual([
    { name: 'smd:global:1', type: 'i64' },
    { name: 'smd:global:2', type: 'f32' },
    { name: 'smd:global:3', type: 'f64' },
    { name: 'smd:global:5', type: 'funcref' },
    { name: 'smd:global:6', type: 'externref' },
  ]);
  expect(host.info.mutableGlobals.map(({ name }) => host.global(name))).toEqual([2n, 3, 4, null, null]);
});

test('a module with nothing in it', () => {
  const host = new TestHost(assemble({}));
  expect(host.info).toEqual({
    memory64: false,
    hasMemory: false,
    hasStart: false,
    listedGlobals: [],
    mutableGlobals: [],
    tables: [],
    functions: 0,
    addedImports: 3,
    importedFunctions: 0,
  });
});

describe('element segments', () => {
  const offset: Code = [...i32Const(0), END];
  const reference: Code = [REF_FUNC, 1, END];
  const fill = (segment: number): Code => [...i32Const(0), ...i32Const(0), ...i32Const(1), 0xfc, 12, segment, 0];
  const FORMS: readonly { readonly form: number; readonly segment: Code; readonly before: Code }[] = [
    { form: 0, segment: [0, ...offset, 1, 1], before: [] },
    { form: 1, segment: [1, 0, 1, 1], before: fill(0) },
    { form: 2, segment: [2, 0, ...offset, 0, 1, 1], before: [] },
    { form: 3, segment: [3, 0, 1, 1], before: [...i32Const(0), REF_FUNC, 1, 0x26, 0] },
    { form: 4, segment: [4, ...offset, 1, ...reference], before: [] },
    { form: 5, segment: [5, FUNCREF, 1, ...reference], before: fill(0) },
    { form: 6, segment: [6, 0, ...offset, FUNCREF, 1, ...reference], before: [] },
    { form: 7, segment: [7, FUNCREF, 1, ...reference], before: [...i32Const(0), REF_FUNC, 1, 0x26, 0] },
  ];

  test.each(FORMS)('form $form', ({ segment, before }) => {
    const module = assemble({
      types: [RETURNS_I32],
      tables: [[FUNCREF, 0, 1]],
      functions: [OTHER, ANSWER, { type: 0, code: [...before, ...CALL_FIRST], export: 'run' }],
      elements: [segment],
    });
    const host = new TestHost(module);
    expect(host.call('run')).toBe(42);
    const changes = before.length > 0;
    expect(host.info.tables).toEqual([{ name: 'smd:table:0', changes }]);
    expect(Object.keys(host.exports).filter((name) => name.startsWith('smd:function:'))).toEqual(
      changes ? ['smd:function:1'] : [],
    );
  });
});

test('a table takes the functions of another instance, by their exports', () => {
  const module = assemble({
    types: [RETURNS_I32],
    imports: [{ module: 'ic0', name: 'time', type: 0 }],
    tables: [
      [FUNCREF, 0, 2],
      [EXTERNREF, 4, 0],
    ],
    functions: [ANSWER, { type: 0, code: [...i32Const(0), REF_FUNC, 0, 0x26, 0, ...CALL_FIRST], export: 'run' }],
    elements: [[0, ...i32Const(0), END, 2, 1, 0]],
  });
  const imports = { ic0: { time: () => 7 } };
  const host = new TestHost(module, imports);
  expect(host.info.tables).toEqual([
    { name: 'smd:table:0', changes: true },
    { name: 'smd:table:1', changes: false },
  ]);
  expect(host.table('smd:table:1')).toHaveLength(0);
  expect(host.call('run')).toBe(7);
  const fresh = new TestHost(module, imports);
  const called = fresh.exports['smd:function:1'];
  expect(fresh.table('smd:table:0').get(0)).toBe(called);
  fresh.table('smd:table:0').set(1, called);
  expect(called instanceof Function && called()).toBe(42);
});

test.each([
  ['table.set', [...i32Const(0), REF_NULL, FUNCREF, 0x26, 1]],
  ['table.grow', [REF_NULL, FUNCREF, ...i32Const(1), 0xfc, 15, 1, 0x1a]],
  ['table.fill', [...i32Const(0), REF_NULL, FUNCREF, ...i32Const(1), 0xfc, 17, 1]],
  ['table.copy', [...i32Const(0), ...i32Const(0), ...i32Const(1), 0xfc, 14, 1, 0]],
  ['table.init', [...i32Const(0), ...i32Const(0), ...i32Const(0), 0xfc, 12, 0, 1]],
])('%s changes a table', (_, code) => {
  const table = [FUNCREF, 0, 1];
  const module = assemble({
    types: [functionType([])],
    tables: [table, table],
    functions: [{ type: 0, code }],
    elements: [[1, 0, 1, 0]],
  });
  expect(instrumented(module).info.tables.map(({ changes }) => changes)).toEqual([false, true]);
});

test('references to functions in globals and in code', () => {
  const module = assemble({
    types: [RETURNS_I32],
    imports: [{ module: 'ic0', name: 'time', type: 0 }],
    tables: [[FUNCREF, 0, 1]],
    globals: [[FUNCREF, 1, REF_FUNC, 2, END]],
    functions: [OTHER, ANSWER, { type: 0, code: [...i32Const(0), 0x23, 0, 0x26, 0, ...CALL_FIRST], export: 'run' }],
  });
  expect(new TestHost(module, { ic0: { time: () => 7 } }).call('run')).toBe(42);
});

test('calls, tail calls and exports', () => {
  const module = assemble({
    types: [RETURNS_I32],
    imports: [{ module: 'ic0', name: 'time', type: 0 }],
    functions: [ANSWER, { type: 0, code: call(1), export: 'call' }, { type: 0, code: [0x12, 1], export: 'tail' }],
    exports: [{ name: 'time', kind: 0, index: 0 }],
  });
  const host = new TestHost(module, { ic0: { time: () => 7 } });
  expect([host.call('call'), host.call('tail'), host.call('time')]).toEqual([42, 42, 7]);
  const { info } = host;
  expect([0, 1, 2, 3, 4, 5, 6, 7].map((index) => toOriginalIndex(info, index))).toEqual([
    0,
    undefined,
    undefined,
    undefined,
    1,
    2,
    3,
    undefined,
  ]);
});

test('exports of other things keep their indexes', () => {
  const module = assemble({
    tables: [[FUNCREF, 0, 1]],
    memories: [[0, 1]],
    globals: [[I32, 0, ...i32Const(5), END]],
    exports: [
      { name: 'table', kind: 1, index: 0 },
      { name: 'memory', kind: 2, index: 0 },
      { name: 'global', kind: 3, index: 0 },
    ],
  });
  const host = new TestHost(module);
  expect(host.global('global')).toBe(5);
  expect(host.exports['memory']).toBe(host.exports['smd:memory']);
  expect(host.table('table')).toBe(host.table('smd:table:0'));
});

test('a reference that only code makes can be in a table', () => {
  const code: Code = [...i32Const(0), REF_FUNC, 0, 0x26, 0, ...CALL_FIRST];
  const module = assemble({
    types: [RETURNS_I32],
    tables: [[FUNCREF, 0, 1]],
    functions: [
      { ...ANSWER, export: 'answer' },
      { type: 0, code, export: 'run' },
    ],
  });
  const host = new TestHost(module);
  expect(host.exports['smd:function:0']).toBe(host.exports['answer']);
  expect(host.call('run')).toBe(42);
});

test('custom sections stay, but for the names', () => {
  const module = assemble({
    customs: [
      { name: 'icp:public candid:service', content: text('service : {}') },
      { name: 'name', content: [0, 2, ...text('m')] },
      { name: 'other', content: [1, 2, 3] },
    ],
  });
  const bytes = Buffer.from(instrumented(module).bytes);
  expect(bytes.includes('service : {}')).toBe(true);
  expect(bytes.includes(Buffer.from([...text('other'), 1, 2, 3]))).toBe(true);
  expect(bytes.includes(Buffer.from(text('name')))).toBe(false);
});

test('numbers need not be in their shortest form', () => {
  const code: Code = [0x10, 0x80, 0x80, 0x00, ...localGet(0)];
  const module = assemble({
    types: [RETURNS_I32, functionType([I32], [I32])],
    functions: [ANSWER, { type: 1, code: [...code, 0x6a], export: 'run' }],
  });
  expect(new TestHost(module).call('run', 1)).toBe(43);
});
