/** Runs instrumented modules, and records what they report. */
import { expect } from 'vitest';
import { instrument, type ModuleInfo } from '../../../../engine/recorder/instrument/instrument.ts';

/** The part of the platform's WebAssembly that these tests use. Node's types do not declare it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: Readonly<Record<string, object>>,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
  readonly Memory: abstract new () => { readonly buffer: ArrayBuffer };
  readonly Global: abstract new () => { value: unknown };
  readonly Table: abstract new () => {
    readonly length: number;
    get(index: number): unknown;
    set(index: number, value: unknown): void;
  };
};

export type Value = number | bigint;

/** Compiles a module, which throws an error with the reason if it is not valid. */
function check(bytes: Uint8Array): void {
  new WebAssembly.Module(bytes);
}

/** Instruments a module, and checks that the result is valid. */
export function instrumented(module: Uint8Array): { readonly bytes: Uint8Array; readonly info: ModuleInfo } {
  check(module);
  const result = instrument(module);
  if (!result.ok) throw new Error(result.problem);
  check(result.bytes);
  return result;
}

export class TestHost {
  readonly exports: Readonly<Record<string, unknown>>;
  readonly info: ModuleInfo;
  /** The first and the last page of every report. */
  readonly touched: (readonly [first: number, last: number])[] = [];
  /** The numbers of pages that memory was to grow by. */
  readonly asked: number[] = [];
  /** What `mayGrow` returns. */
  mayGrow = 1;
  /** What happens before pages change. */
  onTouch = (_first: number, _last: number): void => {};
  /** What happens when the ticks have run out. */
  onTick = (): void => this.setGlobal('smd:ticks', 1_000_000);

  constructor(module: Uint8Array, imports: Readonly<Record<string, object>> = {}) {
    const { bytes, info } = instrumented(module);
    this.info = info;
    const smd = {
      touch: (first: number, last: number) => {
        this.touched.push([first, last]);
        this.onTouch(first, last);
      },
      tick: () => this.onTick(),
      mayGrow: (pages: number) => {
        this.asked.push(pages);
        return this.mayGrow;
      },
    };
    this.exports = new WebAssembly.Instance(new WebAssembly.Module(bytes), { ...imports, smd }).exports;
  }

  call(name: string, ...values: readonly Value[]): unknown {
    const called = this.exports[name];
    if (typeof called !== 'function') throw new Error(`There is no function "${name}".`);
    return called(...values);
  }

  /** Calls a function as a message of its own. Returns what it touched. */
  touches(name: string, ...values: readonly Value[]): readonly (readonly [number, number])[] {
    this.touched.length = 0;
    this.setGlobal('smd:page:0', -1);
    this.setGlobal('smd:page:1', -1);
    this.call(name, ...values);
    return [...this.touched];
  }

  get memory(): Uint8Array {
    const { 'smd:memory': memory } = this.exports;
    if (!(memory instanceof WebAssembly.Memory)) throw new Error('There is no memory.');
    return new Uint8Array(memory.buffer);
  }

  global(name: string): unknown {
    return this.#global(name).value;
  }

  setGlobal(name: string, value: unknown): void {
    this.#global(name).value = value;
  }

  table(name: string): { readonly length: number; get(index: number): unknown; set(index: number, value: unknown): void } {
    const table = this.exports[name];
    if (!(table instanceof WebAssembly.Table)) throw new Error(`There is no table "${name}".`);
    return table;
  }

  #global(name: string): { value: unknown } {
    const global = this.exports[name];
    if (!(global instanceof WebAssembly.Global)) throw new Error(`There is no global "${name}".`);
    return global;
  }
}

/** Checks that a module is refused, and returns why. */
export function problemOf(module: Uint8Array): string {
  const result = instrument(module);
  expect(result.ok).toBe(false);
  return result.ok ? '' : result.problem;
}
