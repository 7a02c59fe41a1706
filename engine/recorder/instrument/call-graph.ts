import { Instructions, OP } from './format/instructions.ts';
import { readLocals } from './format/locals.ts';
import type { Reader } from './format/reader.ts';
import type { FunctionIndexes } from './function-indexes.ts';

/** Stands for all functions that a call through a table can reach. */
export const THROUGH_TABLE = -1;

/** The calls of a module, and what else one pass over its code finds. Indexes are those of the original module. */
export class CallGraph {
  readonly #callers = new Map<number, Set<number>>();
  readonly #callingFunctions = new Set<number>();
  readonly #changedTables = new Set<number>();

  /** The functions that contain a call. */
  get callingFunctions(): ReadonlySet<number> {
    return this.#callingFunctions;
  }

  /** The tables that code may change. */
  get changedTables(): ReadonlySet<number> {
    return this.#changedTables;
  }

  /**
   * Reads the body of a function.
   *
   * @throws {Refusal} if it is damaged.
   */
  readBody(index: number, body: Reader, functions: FunctionIndexes): void {
    readLocals(body);
    const instructions = new Instructions(body);
    while (instructions.next()) {
      const { opcode, operand, secondOperand } = instructions;
      switch (opcode) {
        case OP.call:
        case OP.returnCall:
          this.#addCall(index, operand);
          break;
        case OP.callIndirect:
        case OP.returnCallIndirect:
          this.#addCall(index, THROUGH_TABLE);
          break;
        case OP.refFunc:
          functions.take(operand);
          break;
        case OP.tableSet:
        case OP.tableGrow:
        case OP.tableFill:
        case OP.tableCopy:
          this.#changedTables.add(operand);
          break;
        case OP.tableInit:
          this.#changedTables.add(secondOperand);
          break;
      }
    }
  }

  /** Returns all functions from which a call can arrive at a target, and the targets themselves. */
  reaching(targets: readonly number[], functions: FunctionIndexes): ReadonlySet<number> {
    const reaching = new Set(targets);
    // A set yields what is added to it while it is walked.
    for (const target of reaching) {
      for (const caller of this.#callers.get(target) ?? []) reaching.add(caller);
      if (functions.taken.has(target)) reaching.add(THROUGH_TABLE);
    }
    return reaching;
  }

  #addCall(caller: number, callee: number): void {
    this.#callingFunctions.add(caller);
    const callers = this.#callers.get(callee);
    if (callers) callers.add(caller);
    else this.#callers.set(callee, new Set([caller]));
  }
}
