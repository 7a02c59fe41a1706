/** Ticks end messages that run for too long. */
import { expect, test } from 'vitest';
import { call, localGet } from '../../../../engine/recorder/instrument/format/encode.ts';
import { assemble, type Code, END, functionType, I32 } from './assemble.ts';
import { instrumented, TestHost } from './host.ts';

const NO_TYPE = 0x40;
const ENDLESS: Code = [0x03, NO_TYPE, 0x0c, 0, END];

/** A host that ends a message at its second tick of so many steps. */
function impatient(code: Code): { readonly host: TestHost; readonly ticks: () => number } {
  const host = new TestHost(assemble({ types: [functionType([])], functions: [{ type: 0, code, export: 'run' }] }));
  let ticks = 0;
  host.onTick = () => {
    ticks += 1;
    if (ticks === 3) throw new Error('The message is too long.');
    host.setGlobal('smd:ticks', 1000);
  };
  return { host, ticks: () => ticks };
}

test('an endless loop ends', () => {
  const { host, ticks } = impatient(ENDLESS);
  expect(() => host.call('run')).toThrow('The message is too long.');
  expect(ticks()).toBe(3);
});

test('endless recursion without a stack ends', () => {
  const { host } = impatient([0x12, 0]);
  expect(() => host.call('run')).toThrow('The message is too long.');
});

test('each turn of a loop and each entry of a calling function counts', () => {
  const countDown: Code = [0x03, NO_TYPE, ...localGet(0), 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, END];
  const module = assemble({
    types: [functionType([I32])],
    functions: [
      { type: 0, code: countDown, export: 'loop' },
      { type: 0, code: [...localGet(0), ...call(0)], export: 'caller' },
      { type: 0, code: [], export: 'leaf' },
    ],
  });
  const host = new TestHost(module);
  const used = (name: string, times: number) => {
    host.setGlobal('smd:ticks', 1000);
    host.call(name, times);
    return 1000 - Number(host.global('smd:ticks'));
  };
  expect([used('loop', 10), used('caller', 5), used('leaf', 0)]).toEqual([10, 6, 0]);
});

test('a loop with parameters and results keeps them on the stack', () => {
  const code: Code = [...localGet(0), ...localGet(0), 0x03, 1, 0x6a, ...localGet(0), END, 0x6a];
  const module = assemble({
    types: [functionType([I32], [I32]), functionType([I32, I32], [I32, I32])],
    functions: [{ type: 0, code, export: 'triple' }],
  });
  expect(new TestHost(module).call('triple', 14)).toBe(42);
});

test('modules without loops and calls are only longer by what the host needs', () => {
  const module = assemble({ types: [functionType([])], functions: [{ type: 0, code: [0x01, 0x01] }] });
  const { bytes } = instrumented(module);
  expect(Buffer.from(bytes).includes(Buffer.from([0, 1, 1, END]))).toBe(true);
});
