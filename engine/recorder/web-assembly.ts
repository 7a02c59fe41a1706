/**
 * The part of the platform's WebAssembly that the recorder uses, with memories and tables of 64-bit addresses. The engine's own
 * libraries do not declare it.
 */
declare const WebAssembly: {
  readonly Module: {
    new (bytes: Uint8Array): WasmModule;
    imports(module: WasmModule): readonly { readonly module: string; readonly name: string; readonly kind: string }[];
    exports(module: WasmModule): readonly { readonly name: string; readonly kind: string }[];
  };
  readonly Instance: new (module: WasmModule, imports: WasmImports) => { readonly exports: WasmExports };
  readonly Memory: abstract new () => WasmMemory;
  readonly Global: abstract new () => WasmGlobal;
  readonly Table: abstract new () => WasmTable;
  readonly RuntimeError: abstract new () => Error;
  readonly CompileError: abstract new () => Error;
  readonly LinkError: abstract new () => Error;
};

declare const compiled: unique symbol;

export interface WasmModule {
  readonly [compiled]: true;
}

export type WasmImports = Readonly<Record<string, object>>;
export type WasmExports = Readonly<Record<string, unknown>>;

/** A pointer, a length or a count. A `bigint` if addresses have 64 bits. */
export type Word = bigint | number;

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  /** Adds pages. */
  grow(by: Word): Word;
}

export interface WasmGlobal {
  value: unknown;
}

export interface WasmTable {
  readonly length: Word;
  get(index: Word): unknown;
  set(index: Word, value: unknown): void;
  grow(by: Word): Word;
}

/** Compiles a module. Returns a sentence of the platform if it is not valid. */
export function compileWasm(bytes: Uint8Array): WasmModule | string {
  try {
    return new WebAssembly.Module(bytes);
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) return error.message;
    throw error;
  }
}

/** Returns the exports of a new instance. @throws the platform's errors if a segment does not fit. */
export function instantiate(module: WasmModule, imports: WasmImports): WasmExports {
  return new WebAssembly.Instance(module, imports).exports;
}

/** Returns the functions that a module imports. */
export function importedFunctions(module: WasmModule): readonly { readonly module: string; readonly name: string }[] {
  return WebAssembly.Module.imports(module).filter(({ kind }) => kind === 'function');
}

/** Returns the names of the functions that a module exports. */
export function exportedFunctions(module: WasmModule): readonly string[] {
  return WebAssembly.Module.exports(module).flatMap(({ name, kind }) => (kind === 'function' ? [name] : []));
}

/** Returns an exported memory. */
export function memoryIn(exports: WasmExports, name: string): WasmMemory | undefined {
  const value = exports[name];
  return value instanceof WebAssembly.Memory ? value : undefined;
}

export function globalIn(exports: WasmExports, name: string): WasmGlobal | undefined {
  const value = exports[name];
  return value instanceof WebAssembly.Global ? value : undefined;
}

export function tableIn(exports: WasmExports, name: string): WasmTable | undefined {
  const value = exports[name];
  return value instanceof WebAssembly.Table ? value : undefined;
}

/** Returns an exported function, to be called with numbers and for no result. */
export function functionIn(exports: WasmExports, name: string): ((...args: readonly Word[]) => void) | undefined {
  return callable(exports[name]);
}

/** Returns a value as a function. A reference in a table is a function, or null. */
export function callable(value: unknown): ((...args: readonly Word[]) => void) | undefined {
  if (typeof value !== 'function') return undefined;
  return (...args) => {
    value(...args);
  };
}

/** Returns the number of parameters of a function. */
export function parameterCount(value: unknown): number {
  return typeof value === 'function' ? value.length : 0;
}

/** Returns true if a value that passes between the host and code was not of the expected type. */
export function isConversionError(error: unknown): boolean {
  return error instanceof TypeError && /BigInt|type incompatibility/.test(error.message);
}

/** Returns the platform's reason why a module cannot be instantiated, or undefined if the error is another one. */
export function whyNotInstantiated(error: unknown): string | undefined {
  const isOne =
    error instanceof WebAssembly.RuntimeError || error instanceof WebAssembly.LinkError || error instanceof RangeError;
  return isOne ? error.message.replace(/^WebAssembly\.Instance\(\): /, '') : undefined;
}

/** Returns true if an error ends a message as a trap: the module's own, or an overflow of the call stack. */
export function isWasmTrap(error: unknown): error is Error {
  return error instanceof WebAssembly.RuntimeError || (error instanceof RangeError && /call stack/i.test(error.message));
}
