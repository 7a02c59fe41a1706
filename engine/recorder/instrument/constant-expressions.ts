import { Instructions, OP } from './format/instructions.ts';
import type { Reader } from './format/reader.ts';
import type { Writer } from './format/writer.ts';
import type { FunctionIndexes } from './function-indexes.ts';

/**
 * Copies an expression that initialises a global or a part of a table, up to its `end`.
 *
 * @throws {Refusal} if it is damaged.
 */
export function rewriteExpression(reader: Reader, to: Writer, functions: FunctionIndexes): void {
  const instructions = new Instructions(reader);
  while (instructions.next()) {
    const { opcode, operand, start } = instructions;
    if (opcode === OP.refFunc) {
      functions.take(operand);
      to.code([OP.refFunc]);
      to.unsigned(functions.shifted(operand));
    } else to.copy(reader.bytes, start, reader.position);
    if (opcode === OP.end) return;
  }
  throw reader.broken('an expression does not end');
}
