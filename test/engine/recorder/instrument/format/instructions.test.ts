/** Every instruction is read to its exact end. */
import { describe, expect, test } from 'vitest';
import { Instructions } from '../../../../../engine/recorder/instrument/format/instructions.ts';
import { Reader } from '../../../../../engine/recorder/instrument/format/reader.ts';
import { assemble, type Code, END, FUNCREF, functionType, I32, I64, V128 } from '../assemble.ts';
import { instrumented } from '../host.ts';

/** Returns the lengths of the instructions in some code. */
function lengthsOf(code: Code): readonly number[] {
  const reader = new Reader(Uint8Array.from(code), 'the code');
  const instructions = new Instructions(reader);
  const lengths: number[] = [];
  while (instructions.next()) lengths.push(reader.position - instructions.start);
  return lengths;
}

const SAMPLES: readonly (readonly [name: string, instruction: Code])[] = [
  ['unreachable', [0x00]],
  ['block without a type', [0x02, 0x40]],
  ['block with a result', [0x02, V128]],
  ['loop with a type of the module', [0x03, 0x80, 0x01]],
  ['br_table', [0x0e, 2, 0, 0x80, 0x01, 3]],
  ['call', [0x10, 0x80, 0x80, 0x01]],
  ['call_indirect', [0x11, 0x81, 0x01, 0]],
  ['return_call', [0x12, 5]],
  ['return_call_indirect', [0x13, 5, 1]],
  ['select', [0x1b]],
  ['select with a type', [0x1c, 1, FUNCREF]],
  ['local.tee', [0x22, 0x80, 0x01]],
  ['table.get', [0x25, 0]],
  ['i32.load', [0x28, 2, 0x80, 0x01]],
  ['i64.store32 with 64 bits', [0x3e, 2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]],
  ['i32.store with the index of a memory', [0x36, 0x42, 0, 8]],
  ['memory.size', [0x3f, 0]],
  ['i32.const', [0x41, 0x80, 0x80, 0x80, 0x80, 0x78]],
  ['i64.const', [0x42, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f]],
  ['f32.const', [0x43, 0x80, 0x80, 0x80, 0x80]],
  ['f64.const', [0x44, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80]],
  ['i64.extend32_s', [0xc4]],
  ['ref.null', [0xd0, FUNCREF]],
  ['ref.is_null', [0xd1]],
  ['ref.func', [0xd2, 0x80, 0x01]],
  ['i64.trunc_sat_f64_u', [0xfc, 7]],
  ['memory.init', [0xfc, 8, 1, 0]],
  ['data.drop', [0xfc, 9, 1]],
  ['memory.copy', [0xfc, 10, 0, 0]],
  ['memory.fill with a long number', [0xfc, 0x8b, 0x00, 0]],
  ['table.init', [0xfc, 12, 1, 0]],
  ['elem.drop', [0xfc, 13, 1]],
  ['table.copy', [0xfc, 14, 1, 0]],
  ['table.grow', [0xfc, 15, 1]],
  ['table.size', [0xfc, 16, 1]],
  ['table.fill', [0xfc, 17, 1]],
  ['v128.load', [0xfd, 0, 4, 0x80, 0x01]],
  ['v128.store', [0xfd, 11, 4, 0]],
  ['v128.const', [0xfd, 12, ...new Array(16).fill(0x80)]],
  ['i8x16.shuffle', [0xfd, 13, ...new Array(16).fill(31)]],
  ['i8x16.swizzle', [0xfd, 14]],
  ['f64x2.splat', [0xfd, 20]],
  ['i8x16.extract_lane_s', [0xfd, 21, 15]],
  ['f64x2.replace_lane', [0xfd, 34, 1]],
  ['i8x16.eq', [0xfd, 35]],
  ['v128.any_true', [0xfd, 83]],
  ['v128.load8_lane', [0xfd, 84, 0, 5, 15]],
  ['v128.store64_lane', [0xfd, 91, 3, 0x80, 0x01, 1]],
  ['v128.load64_zero', [0xfd, 93, 3, 0]],
  ['f32x4.demote_f64x2_zero', [0xfd, 94]],
  ['f64x2.convert_low_i32x4_u', [0xfd, 0xff, 0x01]],
  ['i32x4.relaxed_dot', [0xfd, 0x93, 0x02]],
];

test.each(SAMPLES)('%s', (_, instruction) => {
  expect(lengthsOf([...instruction, ...instruction, END])).toEqual([instruction.length, instruction.length, 1]);
  for (let length = 1; length < instruction.length; length++) {
    expect(() => lengthsOf(instruction.slice(0, length))).toThrow('ends too early');
  }
});

test.each([[0x06], [0x14], [0x1d], [0x27], [0xc5], [0xd3], [0xfb], [0xfe], [0xfc, 18], [0xfd, 0x94, 0x02], [0x02, 0x64]])(
  'unknown: %s',
  (...code) => {
    expect(() => lengthsOf([...code, 0, 0, 0])).toThrow('the code has an instruction that this version does not know');
  },
);

/** Engines check a module's code by its types, so a wrong length anywhere makes it invalid. */
describe('code is copied exactly', () => {
  test('vectors', () => {
    const vector: Code = [0xfd, 12, ...Array.from({ length: 16 }, (_, index) => index)];
    const code: Code = [
      ...[...vector, ...vector, 0xfd, 13, ...Array.from({ length: 16 }, (_, index) => 31 - index)],
      ...[0xfd, 0x4d, 0x1a],
      ...[0x41, 0, 0xfd, 0, 4, 0],
      ...[0xfd, 21, 3, 0x1a],
      ...[0x41, 0, ...vector, 0xfd, 84, 0, 0, 7, 0x1a],
      ...[0x41, 0, 0xfd, 93, 3, 0, 0xfd, 0xe0, 0x01, 0x1a],
    ];
    const module = assemble({
      types: [functionType([], [V128])],
      memories: [[0, 1]],
      functions: [{ type: 0, code: [...code, ...vector] }],
    });
    expect(Buffer.from(instrumented(module).bytes).includes(Buffer.from([...code, ...vector, END]))).toBe(true);
  });

  test('several results, types of blocks, typed select', () => {
    const block: Code = [0x20, 0, 0x42, 7, 0x02, 1, 0x1a, END];
    const code: Code = [...block, 0x20, 0, 0x20, 0, 0x1c, 1, I32, 0x42, 5];
    const module = assemble({
      types: [functionType([I32], [I32, I64]), functionType([I32, I64], [I32])],
      functions: [{ type: 0, code }],
    });
    expect(Buffer.from(instrumented(module).bytes).includes(Buffer.from([...code, END]))).toBe(true);
  });
});
