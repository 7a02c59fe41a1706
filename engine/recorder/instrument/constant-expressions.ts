import type { FunctionIndexes } from './function-indexes.ts';
import { Instructions, OP } from './instructions.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

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
