/** The path is a hash of the calls that led to stable memory. */
import { expect, test } from 'vitest';
import { call, i32Const, localGet } from '../../../../engine/recorder/instrument/format/encode.ts';
import { assemble, type Code, END, FUNCREF, type FunctionParts, functionType, I32 } from './assemble.ts';
import { instrumented, TestHost } from './host.ts';

const DROP = 0x1a;
const NO_TYPE = 0x40;
const IF = 0x04;

/** A module of functions without results. Function 0 is `ic0.stable64_read`, and 1 is `ic0.time`. */
function moduleOf(functions: readonly Omit<FunctionParts, 'type'>[], tables: readonly number[] = []): Uint8Array {
  return assemble({
    types: [functionType([]), functionType([I32])],
    imports: [
      { module: 'ic0', name: 'stable64_read', type: 0 },
      { module: 'ic0', name: 'time', type: 0 },
    ],
    functions: functions.map((parts) => ({ type: 0, ...parts })),
    ...(tables.length === 0
      ? {}
      : {
          tables: [[FUNCREF, 0, tables.length]],
          elements: [[0, ...i32Const(0), END, tables.length, ...tables]],
        }),
  });
}

function run(module: Uint8Array, ...names: readonly string[]): readonly unknown[] {
  const paths: unknown[] = [];
  const host: TestHost = new TestHost(module, {
    ic0: { stable64_read: () => void paths.push(host.global('smd:path')), time: () => {} },
  });
  for (const name of names) {
    host.setGlobal('smd:path', 0n);
    host.call(name);
  }
  return paths;
}

test('it differs by call site, and is equal for equal paths', () => {
  const module = moduleOf([{ code: [...call(0), ...call(0)] }, { code: [...call(2), ...call(2)], export: 'run' }]);
  const paths = run(module, 'run', 'run');
  expect(paths).toHaveLength(8);
  expect(new Set(paths).size).toBe(4);
  expect(paths.slice(4)).toEqual(paths.slice(0, 4));
});

test('it comes back after a call that returned', () => {
  const module = moduleOf([
    { code: call(0) },
    {
      code: [0x03, NO_TYPE, ...call(2), ...call(0), ...localGet(0), 0x45, IF, NO_TYPE, ...again(), 0x0c, 1, END, END],
      locals: [[1, I32]],
      export: 'run',
    },
  ]);
  const [inner, outer, innerAgain, outerAgain] = run(module, 'run');
  expect(inner).not.toBe(outer);
  expect([innerAgain, outerAgain]).toEqual([inner, outer]);
});

/** Sets the local variable 0. */
function again(): Code {
  return [...i32Const(1), 0x21, 0];
}

test('recursion makes it longer', () => {
  const countDown: Code = [0x23, 0, IF, NO_TYPE, 0x23, 0, ...i32Const(1), 0x6b, 0x24, 0, ...call(1), END, ...call(0)];
  const module = assemble({
    types: [functionType([])],
    imports: [{ module: 'ic0', name: 'stable_write', type: 0 }],
    globals: [[I32, 1, ...i32Const(3), END]],
    functions: [{ type: 0, code: countDown, export: 'run' }],
  });
  const paths: unknown[] = [];
  const host: TestHost = new TestHost(module, { ic0: { stable_write: () => void paths.push(host.global('smd:path')) } });
  host.call('run');
  expect(new Set(paths).size).toBe(4);
});

test('calls through a table are steps', () => {
  const indirect: Code = [...i32Const(0), 0x11, 0, 0];
  const module = moduleOf([{ code: call(0) }, { code: [...indirect, ...indirect], export: 'run' }], [2]);
  expect(new Set(run(module, 'run')).size).toBe(2);
});

test('an import in a table is reached through it', () => {
  const module = moduleOf(
    [
      { code: [...i32Const(0), 0x11, 0, 0], export: 'one' },
      { code: [...i32Const(0), 0x11, 0, 0], export: 'two' },
    ],
    [0],
  );
  expect(new Set(run(module, 'one', 'two')).size).toBe(2);
});

test('tail calls are steps', () => {
  const module = moduleOf(
    [{ code: [0x12, 0] }, { code: [0x12, 2], export: 'direct' }, { code: [...i32Const(0), 0x13, 0, 0], export: 'indirect' }],
    [2],
  );
  expect(new Set(run(module, 'direct', 'indirect')).size).toBe(2);
});

test('functions that cannot reach stable memory stay without it', () => {
  const indirect: Code = [...i32Const(0), 0x11, 0, 0];
  const other = moduleOf([{ code: call(1) }, { code: [...call(2), ...indirect], export: 'run' }], [2]);
  const reaching = moduleOf([{ code: call(0) }, { code: [...call(2), ...indirect], export: 'run' }], [2]);
  // Only the helper, which every module has, and the names of exports differ from a plain copy with ticks.
  expect(instrumented(reaching).bytes.length - instrumented(other).bytes.length).toBeGreaterThan(30);
  const host = new TestHost(other, { ic0: { stable64_read: () => {}, time: () => {} } });
  host.setGlobal('smd:path', 42n);
  host.call('run');
  expect(host.global('smd:path')).toBe(42n);
});

test('parameters and local variables keep their indexes', () => {
  const module = assemble({
    types: [functionType([]), functionType([I32], [I32])],
    imports: [{ module: 'ic0', name: 'stable64_write', type: 0 }],
    functions: [
      {
        type: 1,
        locals: [[1, I32]],
        code: [...localGet(0), 0x21, 1, ...call(0), ...localGet(1), ...localGet(0), 0x6a, ...i32Const(0), DROP],
        export: 'double',
      },
    ],
  });
  const host = new TestHost(module, { ic0: { stable64_write: () => {} } });
  expect(host.call('double', 21)).toBe(42);
});
