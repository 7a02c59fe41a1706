import { call, i32Const, localGet } from '../../../../engine/recorder/instrument/format/encode.ts';
import { assemble, type Code, END, EXTERNREF, FUNCREF, functionType, I32, I64, text, vector } from './assemble.ts';

const NO_TYPE = 0x40;
const NAMES: readonly string[] = ['_RNvMs2_NtCs1234_4core3fmt', '_ZN4core3fmt5write17h0123456789abcdefE', 'main'];
const CODE: Code = [
  ...[0x03, NO_TYPE, ...call(0), 0x0c, 1, END],
  ...[...i32Const(1), ...i32Const(2), 0x36, 2, 8],
  ...[...i32Const(1), ...i32Const(2), ...i32Const(3), 0xfc, 11, 0],
  ...[...i32Const(0), 0x11, 0, 0],
  ...[...i32Const(0), 0xd2, 1, 0x26, 0],
  ...[...i32Const(0), 0xfd, 12, ...new Array(16).fill(1), 0xfd, 0x58, 0, 0, 3],
  ...[...i32Const(1), 0x40, 0, 0x1a, ...localGet(0), 0x1a, 0x12, 0],
];

/** A module with something of everything. */
export const RICH_MODULE = assemble({
  types: [functionType([]), functionType([I32, I64], [I32, I32])],
  imports: [{ module: 'ic0', name: 'stable64_read', type: 0 }],
  functions: [
    { type: 0, locals: [[1, I32]], code: CODE, export: 'run' },
    { type: 0, code: [0x02, NO_TYPE, ...i32Const(0), 0x0e, 1, 0, 0, END] },
  ],
  tables: [
    [FUNCREF, 1, 1, 9],
    [EXTERNREF, 0, 0],
  ],
  memories: [[1, 1, 9]],
  globals: [
    [I32, 1, ...i32Const(1), END],
    [FUNCREF, 0, 0xd2, 1, END],
  ],
  start: 2,
  elements: [
    [0, ...i32Const(0), END, 1, 1],
    [7, FUNCREF, 1, 0xd2, 2, END],
  ],
  data: [[0, ...i32Const(0), END, ...text('data')]],
  customs: [
    { name: 'icp:public candid:service', content: text('service : {}') },
    { name: 'name', content: nameSubsection() },
  ],
});

function nameSubsection(): Code {
  const names = vector(NAMES.map((name, index) => [index, ...text(name)]));
  return [1, names.length, ...names];
}
