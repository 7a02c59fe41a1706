/** Operations on ranges of main memory report them, and growing asks first. */
import { describe, expect, test } from 'vitest';
import { i32Const, localGet } from '../../../../engine/recorder/instrument/format/encode.ts';
import { assemble, functionType, I32, I64, text } from './assemble.ts';
import { TestHost } from './host.ts';

const PAGE = 4096;

describe.each([
  ['addresses of 32 bits', false],
  ['addresses of 64 bits', true],
])('%s', (_, isWide) => {
  const type = isWide ? I64 : I32;
  const word = (value: number) => (isWide ? BigInt(value) : value);
  const operands = [...localGet(0), ...localGet(1), ...localGet(2)];
  const newHost = () =>
    new TestHost(
      assemble({
        types: [
          functionType([type, I32, type]),
          functionType([type, type, type]),
          functionType([type, I32, I32]),
          functionType([type], [type]),
        ],
        memories: [[isWide ? 4 : 0, 2]],
        functions: [
          { type: 0, code: [...operands, 0xfc, 11, 0], export: 'fill' },
          { type: 1, code: [...operands, 0xfc, 10, 0, 0], export: 'copy' },
          { type: 2, code: [...operands, 0xfc, 8, 0, 0], export: 'init' },
          { type: 3, code: [...localGet(0), 0x40, 0], export: 'grow' },
        ],
        dataCount: 1,
        data: [[1, ...text('abcdef')]],
      }),
    );

  test('memory.fill', () => {
    const host = newHost();
    expect(host.touches('fill', word(PAGE - 1), 7, word(PAGE + 2))).toEqual([[0, 2]]);
    expect(host.memory.filter((byte) => byte === 7)).toHaveLength(PAGE + 2);
    expect(host.touches('fill', word(PAGE), 7, word(PAGE))).toEqual([[1, 1]]);
    expect(host.touches('fill', word(PAGE), 7, word(0))).toEqual([]);
    expect(() => host.call('fill', word(PAGE), 7, word(0x7fff_ffff))).toThrow(/out of bounds/);
  });

  test('memory.copy reports where it copies to', () => {
    const host = newHost();
    host.memory.set([1, 2, 3], 10);
    expect(host.touches('copy', word(5 * PAGE - 1), word(10), word(3))).toEqual([[4, 5]]);
    expect([...host.memory.subarray(5 * PAGE - 1, 5 * PAGE + 2)]).toEqual([1, 2, 3]);
    expect(host.touches('copy', word(5 * PAGE), word(10), word(0))).toEqual([]);
  });

  test('memory.init', () => {
    const host = newHost();
    expect(host.touches('init', word(3 * PAGE - 2), 1, 4)).toEqual([[2, 3]]);
    expect(Buffer.from(host.memory.subarray(3 * PAGE - 2, 3 * PAGE + 2)).toString()).toBe('bcde');
    expect(host.touches('init', word(3 * PAGE), 0, 0)).toEqual([]);
    expect(() => host.call('init', word(0), 0, 7)).toThrow(/out of bounds/);
  });

  test('memory.grow', () => {
    const host = newHost();
    expect(host.call('grow', word(1))).toBe(word(2));
    expect(host.memory).toHaveLength(3 * 65_536);
    host.mayGrow = 0;
    expect(host.call('grow', word(1))).toBe(word(-1));
    expect(host.call('grow', word(-1))).toBe(word(-1));
    expect(host.memory).toHaveLength(3 * 65_536);
    expect(host.asked).toEqual([1, 1, isWide ? 2 ** 64 : 2 ** 32 - 1]);
  });
});

test('a range of one page that is known is not reported again', () => {
  const fill = [...i32Const(5), ...i32Const(1), ...i32Const(9), 0xfc, 11, 0];
  const host = new TestHost(
    assemble({
      types: [functionType([])],
      memories: [[0, 1]],
      functions: [{ type: 0, code: [...fill, ...fill], export: 'run' }],
    }),
  );
  expect(host.touches('run')).toEqual([[0, 0]]);
});
