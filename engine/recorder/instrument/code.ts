/** The code of the original functions, with what the host needs to be told. */
import type { Body } from './bodies.ts';
import { type CallGraph, THROUGH_TABLE } from './call-graph.ts';
import { call, globalGet, globalSet, i32Const, i64Const, localGet, localSet, when } from './encode.ts';
import type { FunctionIndexes } from './function-indexes.ts';
import type { Helpers } from './helpers.ts';
import type { HostIndexes } from './host.ts';
import { Instructions, OP } from './instructions.ts';
import { readLocals } from './locals.ts';
import { writesMemory } from './memory-writes.ts';
import type { Reader } from './reader.ts';
import { TYPE } from './value-types.ts';
import { Writer } from './writer.ts';

/** The prime of the hash FNV-1a, with 64 bits. */
const PATH_FACTOR = 0x100_0000_01b3n;

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
    const { functions, helpers, reaching } = this.#plan;
    const { bytes } = body;
    const to = this.#body;
    const instructions = new Instructions(body);
    let copied = body.position;
    while (instructions.next()) {
      const { opcode, operand, start } = instructions;
      const isCall = opcode === OP.call || opcode === OP.returnCall;
      const isIndirect = opcode === OP.callIndirect || opcode === OP.returnCallIndirect;
      if (opcode === OP.loop) {
        to.copy(bytes, copied, body.position);
        to.code(this.#tick);
        copied = body.position;
      } else if (isCall || isIndirect) {
        to.copy(bytes, copied, start);
        copied = start;
        if (path !== undefined && reaching.has(isCall ? operand : THROUGH_TABLE)) to.code(this.#stepTo(path));
        if (isIndirect) continue;
        to.code([opcode]);
        to.unsigned(functions.shifted(operand));
        copied = body.position;
      } else if (opcode === OP.refFunc) {
        to.copy(bytes, copied, start);
        to.code([opcode]);
        to.unsigned(functions.shifted(operand));
        copied = body.position;
      } else if (writesMemory(opcode)) {
        to.copy(bytes, copied, start);
        to.code([OP.call]);
        to.unsigned(helpers.indexFor(instructions, bytes.subarray(start, body.position)));
        copied = body.position;
      }
    }
    to.copy(bytes, copied, body.position);
  }

  /** Returns code that extends the path by one call. */
  #stepTo(path: number): readonly number[] {
    this.#lastSite += 1;
    const hash = [...localGet(path), ...i64Const(PATH_FACTOR), OP.i64Mul, ...i64Const(this.#lastSite), OP.i64Add];
    return [...hash, ...globalSet(this.#plan.host.path)];
  }
}
