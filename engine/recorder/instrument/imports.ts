import { KIND } from './declarations.ts';
import type { Reader } from './format/reader.ts';
import { TYPE } from './format/value-types.ts';
import { Writer } from './format/writer.ts';
import type { FunctionTypes } from './function-types.ts';
import { HOST_MODULE } from './host.ts';

interface HostFunction {
  readonly name: string;
  readonly parameters: readonly number[];
  readonly results: readonly number[];
}

/**
 * The functions that the host provides, in the order of `HostIndexes`.
 *
 * - `touch`: the pages of 4 KiB from the first to the last are about to change. They may be outside of memory, and the last may
 *   be before the first; then the instruction traps.
 * - `tick`: the count of ticks has arrived at 0.
 * - `mayGrow`: memory is about to grow by this number of pages of 64 KiB. Returns 0 if it must not.
 */
const HOST_FUNCTIONS: readonly HostFunction[] = [
  { name: 'touch', parameters: [TYPE.i32, TYPE.i32], results: [] },
  { name: 'tick', parameters: [], results: [] },
  { name: 'mayGrow', parameters: [TYPE.f64], results: [TYPE.i32] },
];

/** Adds the functions of the host after those that the module imports. */
export function rewriteImports(original: Reader, types: FunctionTypes): Writer {
  const section = new Writer();
  section.unsigned(original.count() + HOST_FUNCTIONS.length);
  section.copy(original.bytes, original.position, original.end);
  for (const { name, parameters, results } of HOST_FUNCTIONS) {
    section.name(HOST_MODULE);
    section.name(name);
    section.code([KIND.function]);
    section.unsigned(types.index(parameters, results));
  }
  return section;
}
