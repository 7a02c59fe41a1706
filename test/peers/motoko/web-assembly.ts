/**
 * The part of the platform's WebAssembly that the tests use, with memories of 64-bit addresses. Node's types do not declare it.
 */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (
    module: WasmModule,
    imports: Readonly<Record<string, object>>,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
  readonly Memory: abstract new () => WasmMemory;
  readonly Global: abstract new () => WasmGlobal;
  readonly RuntimeError: abstract new () => Error;
};

declare const compiled: unique symbol;

export interface WasmModule {
  readonly [compiled]: true;
}

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  /** Adds pages. */
  grow(by: bigint | number): bigint | number;
}

export interface WasmGlobal {
  value: unknown;
}

/** A running module: its functions, its main memory, and its globals. */
export interface WasmInstance {
  readonly functions: ReadonlyMap<string, () => void>;
  readonly memory: WasmMemory;
  readonly globals: readonly WasmGlobal[];
}

export function compileWasm(bytes: Uint8Array): WasmModule {
  return new WebAssembly.Module(bytes);
}

export function instantiate(module: WasmModule, imports: Readonly<Record<string, object>>): WasmInstance {
  const functions = new Map<string, () => void>();
  const globals: WasmGlobal[] = [];
  let memory: WasmMemory | undefined;
  for (const [name, value] of Object.entries(new WebAssembly.Instance(module, imports).exports)) {
    if (value instanceof WebAssembly.Memory) memory = value;
    else if (value instanceof WebAssembly.Global) globals.push(value);
    else if (typeof value === 'function') functions.set(name, () => value());
  }
  if (!memory) throw new Error('The module exports no memory.');
  return { functions, memory, globals };
}

/** Returns whether an error is a module's own trap. */
export function isWasmTrap(error: unknown): error is Error {
  return error instanceof WebAssembly.RuntimeError;
}
