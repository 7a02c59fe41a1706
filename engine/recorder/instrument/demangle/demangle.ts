import { demangleLegacy } from './legacy.ts';
import { demangleV0 } from './v0.ts';

/** A suffix that compilers append to a symbol, such as `.llvm.123`. It says nothing about the source. */
const SUFFIX = /\.llvm\.[0-9A-F@]+$/;

/**
 * Returns a function's name as it is in Rust's source, without hashes. Returns names that are not Rust's as they are.
 */
export function demangle(symbol: string): string {
  const name = symbol.replace(SUFFIX, '');
  return demangleV0(name) ?? demangleLegacy(name) ?? symbol;
}
