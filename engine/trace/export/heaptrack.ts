/**
 * The blocks of a trace in the text form that heaptrack's own tools read (file format version 2): one line each, numbers in hex.
 *
 * - `v VERSION FORMAT`, `X COMMAND`: the head;
 * - `s TEXT`: a string. Strings, instruction pointers and traces count from 1; 0 is none;
 * - `i ADDRESS MODULE FUNCTION FILE LINE`: a function of a call stack. Its address is made up;
 * - `t POINTER PARENT`: a call stack, by its innermost function and the stack below it. The outermost function is the message;
 * - `a SIZE TRACE`: a kind of allocation, counting from 0;
 * - `c TIME`: a time in milliseconds. One step is one millisecond, because steps have no time;
 * - `+ KIND`, `- KIND`: a block begins or ends. A split block ends, and its parts begin. A block that comes back begins again.
 */
import { finish } from '../../core/slices.ts';
import { readLifetimes } from '../analysis/lifetimes/lifetimes.ts';
import { MessageNames } from '../analysis/lifetimes/message-names.ts';
import { inOrderOfEnds } from '../analysis/lifetimes/order-of-ends.ts';
import type { SpaceLife } from '../analysis/lifetimes/space-life.ts';
import type { Trace } from '../trace.ts';

/** The version of heaptrack that introduced the format. */
const VERSION = 0x1_01_00;
const FORMAT = 2;

/** Returns the lines of the file. */
export function* heaptrackLines(trace: Trace): Generator<string, void, undefined> {
  const { spaces, paths, steps } = finish(readLifetimes(trace));
  const names = new MessageNames(trace);
  const definitions = new Definitions();
  yield `v ${hex(VERSION)} ${hex(FORMAT)}\n`;
  yield `X ${singleLine(trace.segments[0]?.header.producer ?? 'trace')}\n`;
  const allocators = spaces
    .filter(({ records }) => records.count > 0)
    .map((life) => new Blocks(life, finish(inOrderOfEnds(life.records, steps))));
  const kindOf = (life: SpaceLife, record: number): number => {
    const path = life.records.pathOf(record);
    const message = names.numberAt(life.records.bornOf(record));
    return definitions.kindOf(life.records.sizeOf(record), life.identity, `${message} ${path}`, () => {
      return [names.nameOf(message), ...paths.functionsOf(path).toReversed()];
    });
  };
  for (let step = 1; step <= steps; step++) {
    let isNew = true;
    for (const blocks of allocators) {
      for (const [sign, record] of blocks.at(step)) {
        const kind = kindOf(blocks.life, record);
        yield* definitions.added();
        if (isNew) yield `c ${hex(step)}\n`;
        isNew = false;
        yield `${sign} ${hex(kind)}\n`;
      }
    }
  }
}

/** The beginnings and ends of an allocator's blocks, step by step. */
class Blocks {
  readonly life: SpaceLife;
  readonly #ending: Uint32Array;
  #nextEnd = 0;
  #nextBegin = 0;

  constructor(life: SpaceLife, ending: Uint32Array) {
    this.life = life;
    this.#ending = ending;
  }

  /** Returns what a step ends and begins. Steps must be in order. */
  *at(step: number): Generator<readonly ['+' | '-', number], void, undefined> {
    const { records } = this.life;
    for (; this.#nextEnd < this.#ending.length; this.#nextEnd++) {
      const record = this.#ending[this.#nextEnd] ?? 0;
      if (records.endOf(record) !== step) break;
      yield ['-', record];
    }
    for (; this.#nextBegin < records.count && records.beginOf(this.#nextBegin) === step; this.#nextBegin++) {
      yield ['+', this.#nextBegin];
    }
  }
}

/** Numbers strings, functions, call stacks and kinds of allocations, and writes the line of each before its first use. */
class Definitions {
  readonly #numbers = { s: new Map<string, number>(), i: new Map<string, number>(), t: new Map<string, number>() };
  readonly #stacks = new Map<string, number>();
  readonly #kinds = new Map<string, number>();
  #lines: string[] = [];

  /** Returns the number of a kind of allocation. `callsOf` returns its functions, outermost first. */
  kindOf(size: number, space: string, stackKey: string, callsOf: () => readonly string[]): number {
    const key = `${space} ${stackKey}`;
    let stack = this.#stacks.get(key);
    if (stack === undefined) {
      stack = this.#stackOf([...callsOf(), space]);
      this.#stacks.set(key, stack);
    }
    const kind = `${size} ${stack}`;
    const known = this.#kinds.get(kind) ?? this.#kinds.size;
    if (known === this.#kinds.size) {
      this.#kinds.set(kind, known);
      this.#lines.push(`a ${hex(size)} ${hex(stack)}\n`);
    }
    return known;
  }

  /** Returns the lines of new definitions. */
  added(): readonly string[] {
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }

  #stackOf(calls: readonly string[]): number {
    let stack = 0;
    for (const call of calls) {
      const name = this.#number('s', singleLine(call), (text) => text);
      const pointer = this.#number('i', `${name}`, (_, number) => `${hex(number)} 0 ${hex(name)} 0 0`);
      const below = stack;
      stack = this.#number('t', `${pointer} ${below}`, () => `${hex(pointer)} ${hex(below)}`);
    }
    return stack;
  }

  #number(mode: 's' | 'i' | 't', key: string, textOf: (key: string, number: number) => string): number {
    const numbers = this.#numbers[mode];
    const known = numbers.get(key);
    if (known !== undefined) return known;
    const number = numbers.size + 1;
    numbers.set(key, number);
    this.#lines.push(`${mode} ${textOf(key, number)}\n`);
    return number;
  }
}

function hex(number: number): string {
  return number.toString(16);
}

/** Names are the rest of their line. */
function singleLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ');
}
