/** Stores report the pages that they change, and change what they changed before. */
import { describe, expect, test } from 'vitest';
import { i32Const, i64Const, localGet, unsigned } from '../../../../engine/recorder/instrument/format/encode.ts';
import { assemble, type Code, F32, F64, functionType, I32, I64, V128 } from './assemble.ts';
import { instrumented, TestHost } from './host.ts';

const PAGE = 4096;
const VECTOR = Uint8Array.from({ length: 16 }, (_, index) => index + 1);
const VECTOR_CONST: Code = [0xfd, 0x0c, ...VECTOR];

interface Kind {
  readonly name: string;
  readonly opcode: Code;
  /** The operand: its type, a value for it, and its bytes in memory. */
  readonly type: number;
  readonly value: Code;
  readonly bytes: Code;
  readonly lane?: number;
}

const I32_VALUE = i32Const(0x04030201);
const I64_VALUE = i64Const(0x0807060504030201n);
const F32_VALUE: Code = [0x43, 1, 2, 3, 4];
const F64_VALUE: Code = [0x44, 1, 2, 3, 4, 5, 6, 7, 8];
const upTo = (count: number): Code => Array.from({ length: count }, (_, index) => index + 1);

const KINDS: readonly Kind[] = [
  { name: 'i32.store', opcode: [0x36], type: I32, value: I32_VALUE, bytes: upTo(4) },
  { name: 'i64.store', opcode: [0x37], type: I64, value: I64_VALUE, bytes: upTo(8) },
  { name: 'f32.store', opcode: [0x38], type: F32, value: F32_VALUE, bytes: upTo(4) },
  { name: 'f64.store', opcode: [0x39], type: F64, value: F64_VALUE, bytes: upTo(8) },
  { name: 'i32.store8', opcode: [0x3a], type: I32, value: I32_VALUE, bytes: upTo(1) },
  { name: 'i32.store16', opcode: [0x3b], type: I32, value: I32_VALUE, bytes: upTo(2) },
  { name: 'i64.store8', opcode: [0x3c], type: I64, value: I64_VALUE, bytes: upTo(1) },
  { name: 'i64.store16', opcode: [0x3d], type: I64, value: I64_VALUE, bytes: upTo(2) },
  { name: 'i64.store32', opcode: [0x3e], type: I64, value: I64_VALUE, bytes: upTo(4) },
  { name: 'v128.store', opcode: [0xfd, 0x0b], type: V128, value: VECTOR_CONST, bytes: [...VECTOR] },
  { name: 'v128.store8_lane', opcode: [0xfd, 0x58], type: V128, value: VECTOR_CONST, bytes: [4], lane: 3 },
  { name: 'v128.store16_lane', opcode: [0xfd, 0x59], type: V128, value: VECTOR_CONST, bytes: [3, 4], lane: 1 },
  { name: 'v128.store32_lane', opcode: [0xfd, 0x5a], type: V128, value: VECTOR_CONST, bytes: [9, 10, 11, 12], lane: 2 },
  { name: 'v128.store64_lane', opcode: [0xfd, 0x5b], type: V128, value: VECTOR_CONST, bytes: upTo(8), lane: 0 },
];

function moduleWith({ opcode, value, lane }: Kind, offset: number, isWide: boolean): Uint8Array {
  const operands = [0, ...unsigned(offset), ...(lane === undefined ? [] : [lane])];
  return assemble({
    types: [functionType([isWide ? I64 : I32])],
    memories: [[isWide ? 4 : 0, 2]],
    functions: [{ type: 0, code: [...localGet(0), ...value, ...opcode, ...operands], export: 'store' }],
  });
}

describe.each([
  ['addresses of 32 bits', false],
  ['addresses of 64 bits', true],
])('%s', (_, isWide) => {
  const address = (value: number) => (isWide ? BigInt(value) : value);

  test.each(KINDS)('$name reports its page, and stores', (kind) => {
    const host = new TestHost(moduleWith(kind, 0, isWide));
    expect(host.touches('store', address(3 * PAGE + 5))).toEqual([[3, 3]]);
    expect(host.memory.subarray(3 * PAGE + 5, 3 * PAGE + 5 + kind.bytes.length)).toEqual(Uint8Array.from(kind.bytes));
    expect(host.memory.filter((byte) => byte !== 0)).toHaveLength(kind.bytes.length);
  });

  test.each(KINDS)('$name reports its offset', (kind) => {
    const host = new TestHost(moduleWith(kind, 5 * PAGE, isWide));
    expect(host.touches('store', address(PAGE))).toEqual([[6, 6]]);
    expect(host.memory[6 * PAGE]).toBe(kind.bytes[0]);
  });

  test.each(KINDS)('$name reports both pages at a boundary, and one just before it', (kind) => {
    const host = new TestHost(moduleWith(kind, 1, isWide));
    const size = kind.bytes.length;
    expect(host.touches('store', address(2 * PAGE - size - 1))).toEqual([[1, 1]]);
    if (size === 1) return;
    expect(host.touches('store', address(2 * PAGE - size))).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });

  test.each(KINDS)('$name traps outside of memory', (kind) => {
    const host = new TestHost(moduleWith(kind, 0xffff_fff0, isWide));
    expect(() => host.call('store', address(0xffff_fff0))).toThrow(/out of bounds/);
  });
});

test('offsets of 64 bits trap, and do not confuse', () => {
  const offset = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
  const host = new TestHost(
    assemble({
      types: [functionType([I64])],
      memories: [[4, 1]],
      functions: [{ type: 0, code: [...localGet(0), ...I32_VALUE, 0x36, 2, ...offset], export: 'store' }],
    }),
  );
  expect(() => host.call('store', 8n)).toThrow(/out of bounds/);
});

test('a page of the stack and one of the heap are reported once, while both change in turn', () => {
  const store = (at: number): Code => [...i32Const(at), ...i32Const(1), 0x3a, 0, 0];
  const code = [...store(0), ...store(PAGE), ...store(1), ...store(PAGE + 1), ...store(2), ...store(2 * PAGE), ...store(3)];
  const host = new TestHost(
    assemble({ types: [functionType([])], memories: [[0, 1]], functions: [{ type: 0, code, export: 'run' }] }),
  );
  expect(host.touches('run')).toEqual([
    [0, 0],
    [1, 1],
    [2, 2],
  ]);
});

test('equal stores share a helper', () => {
  const store: Code = [...localGet(0), ...I32_VALUE, 0x36, 2, 0];
  const moduleOf = (count: number) =>
    assemble({
      types: [functionType([I32])],
      memories: [[0, 1]],
      functions: [{ type: 0, code: Array.from({ length: count }, () => store).flat(), export: 'store' }],
    });
  const lengthWith = (count: number) => instrumented(moduleOf(count)).bytes.length;
  // Operands and a call are eleven bytes; a helper is several times as long.
  expect(lengthWith(101) - lengthWith(1)).toBeLessThan(100 * 12);
});
