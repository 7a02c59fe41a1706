/** The code of the original functions, which counts ticks, keeps the path, and writes to memory through helpers. */
import type { Body } from './bodies.ts';
import { type CallGraph, THROUGH_TABLE } from './call-graph.ts';
import { call, globalGet, globalSet, i32Const, i64Const, localGet, localSet, when } from './format/encode.ts';
import { Instructions, OP } from './format/instructions.ts';
import { readLocals } from './format/locals.ts';
import type { Reader } from './format/reader.ts';
import { TYPE } from './format/value-types.ts';
import { Writer } from './format/writer.ts';
import type { FunctionIndexes } from './function-indexes.ts';
import type { Helpers } from './helpers.ts';
import type { HostIndexes } from './host.ts';
import { writesMemory } from './memory-writes.ts';

/** The prime of the hash FNV-1a, with 64 bits. */
const PATH_FACTOR = 0x100_0000_01b3n;

/** All that is known of a module when its code is rewritten. */
export interface CodePlan {
  readonly host: HostIndexes;
  readonly functions: FunctionIndexes;
  readonly helpers: Helpers;
  readonly graph: CallGraph;
  /** The functions from which a call can reach stable memory, and `THROUGH_TABLE` if a call through a table can. */
  readonly reaching: ReadonlySet<number>;
}

/** Rewrites functions, one by one. */
export class CodeRewriter {
  readonly #plan: CodePlan;
  readonly #tick: readonly number[];
  /** Bodies that are finished. */
  readonly #finished: Writer;
  readonly #body = new Writer(0x10000);
  #lastSite = 0;

  /** `capacity`: an estimate of the length of the new code. */
  constructor(plan: CodePlan, capacity: number) {
    this.#plan = plan;
    this.#finished = new Writer(capacity);
    const { ticks, tick } = plan.host;
    const countDown = [...globalGet(ticks), ...i32Const(1), OP.i32Sub, ...globalSet(ticks)];
    this.#tick = [...globalGet(ticks), OP.i32Eqz, ...when(call(tick)), ...countDown];
  }

  /** The new bodies, as they are in the code section. */
  get bodies(): Writer {
    return this.#finished;
  }

  /**
   * Rewrites the body of a function.
   *
   * @throws {Refusal} if it is damaged.
   */
  rewrite({ index, parameters, reader: body }: Body): void {
    const { host, graph, reaching } = this.#plan;
    const { groups, variables, start } = readLocals(body);
    const path = reaching.has(index) ? parameters + variables : undefined;
    const to = this.#body;
    to.clear();
    to.unsigned(path === undefined ? groups : groups + 1);
    to.copy(body.bytes, start, body.position);
    if (path !== undefined) to.code([1, TYPE.i64]);
    if (graph.callingFunctions.has(index)) to.code(this.#tick);
    if (path !== undefined) to.code([...globalGet(host.path), ...localSet(path)]);
    this.#rewriteInstructions(body, path);
    this.#finished.sized(to);
  }

  /** `path`: the local variable that keeps the path to this function, if a call can reach stable memory from it. */
  #rewriteInstructions(body: Reader, path: number | undefined): void {
    const { functions, helpers } = this.#plan;
    const { bytes } = body;
    const to = this.#body;
    const instructions = new Instructions(body);
    let copied = body.position;
    const copyTo = (end: number) => {
      to.copy(bytes, copied, end);
      copied = end;
    };
    /** Writes something else for the current instruction, before which all is copied. */
    const replaceBy = (opcode: number, index: number) => {
      to.code([opcode]);
      to.unsigned(index);
      copied = body.position;
    };
    while (instructions.next()) {
      const { opcode, operand, start } = instructions;
      switch (opcode) {
        case OP.loop:
          copyTo(body.position);
          to.code(this.#tick);
          break;
        case OP.call:
        case OP.returnCall:
          copyTo(start);
          this.#step(path, operand);
          replaceBy(opcode, functions.shifted(operand));
          break;
        case OP.callIndirect:
        case OP.returnCallIndirect:
          copyTo(start);
          this.#step(path, THROUGH_TABLE);
          break;
        case OP.refFunc:
          copyTo(start);
          replaceBy(opcode, functions.shifted(operand));
          break;
        default:
          if (!writesMemory(opcode)) break;
          copyTo(start);
          replaceBy(OP.call, helpers.indexFor(instructions, bytes.subarray(start, body.position)));
      }
    }
    copyTo(body.position);
  }

  /** Extends the path by one call, if stable memory can be reached from the function that is called. */
  #step(path: number | undefined, callee: number): void {
    const { host, reaching } = this.#plan;
    if (path === undefined || !reaching.has(callee)) return;
    this.#lastSite += 1;
    this.#body.code([...localGet(path), ...i64Const(PATH_FACTOR), OP.i64Mul]);
    this.#body.code([...i64Const(this.#lastSite), OP.i64Add, ...globalSet(host.path)]);
  }
}
