import { rewriteExpression } from './constant-expressions.ts';
import { i32Const, i64Const } from './format/encode.ts';
import { OP } from './format/instructions.ts';
import type { Reader } from './format/reader.ts';
import { type HostType, hostTypeOf, TYPE } from './format/value-types.ts';
import { Writer } from './format/writer.ts';
import type { FunctionIndexes } from './function-indexes.ts';
import { globalExport } from './host.ts';

const IS_MUTABLE = 1;

/** The globals in the order of `HostIndexes`: two pages, the path, and the ticks. */
const ADDED: readonly (readonly number[])[] = [
  [TYPE.i32, IS_MUTABLE, ...i32Const(-1), OP.end],
  [TYPE.i32, IS_MUTABLE, ...i32Const(-1), OP.end],
  [TYPE.i64, IS_MUTABLE, ...i64Const(0), OP.end],
  [TYPE.i32, IS_MUTABLE, ...i32Const(0), OP.end],
];

/** A mutable global of the original module. */
export interface MutableGlobal {
  readonly index: number;
  /** The name under which it is exported. */
  readonly name: string;
  readonly type: HostType;
}

export interface Globals {
  readonly section: Writer;
  /** The number of globals of the original module. */
  readonly count: number;
  readonly mutable: readonly MutableGlobal[];
}

/** @throws {Refusal} if the section is damaged, or has a mutable global that JavaScript cannot read. */
export function rewriteGlobals(reader: Reader, functions: FunctionIndexes): Globals {
  const section = new Writer();
  const mutable: MutableGlobal[] = [];
  const count = reader.count();
  section.unsigned(count + ADDED.length);
  for (let index = 0; index < count; index++) {
    const type = reader.byte();
    const mutability = reader.byte();
    if (mutability === IS_MUTABLE) mutable.push({ index, name: globalExport(index), type: hostTypeOf(type) });
    section.code([type, mutability]);
    rewriteExpression(reader, section, functions);
  }
  reader.finish();
  for (const global of ADDED) section.code(global);
  return { section, count, mutable };
}
