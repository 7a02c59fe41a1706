import { Budget } from '../core/budget.ts';
import { readStored, type Structure } from '../core/structure.ts';
import { type Role, storedBytesOf } from '../snapshot/decoding.ts';
import type { Codec } from '../values/codec.ts';

/** Runs of neighbours that are read, spread over the structure, and elements in each. */
const RUNS = 16;
const RUN_LENGTH = 16;
/** Maximum bytes of an element that is decoded. */
const MAX_BYTES = 2 ** 20;
/** Maximum steps to count elements. Of a structure that has more, the sample is from those that were counted. */
const MAX_STEPS = 2 ** 20;

/** Returns a budget for sampling, which must not take as long as another scan. */
export function samplingBudget(): Budget {
  return new Budget({ steps: MAX_STEPS });
}

/** Returns how many keys or values of a sample were decoded, and how many of them a codec cannot read. */
export function decodeSample(
  structure: Structure,
  role: Role,
  codec: Codec,
): { readonly tried: number; readonly failed: number } {
  const decoded = sampleOf(structure, role).flatMap((run) => run.map((bytes) => codec.decode(bytes) !== undefined));
  return { tried: decoded.length, failed: decoded.filter((isReadable) => !isReadable).length };
}

/** Returns how many values of a sample were read, and how many of them are empty. */
export function emptyValues(structure: Structure): { readonly tried: number; readonly empty: number } {
  const values = sampleOf(structure, 'value').flat();
  return { tried: values.length, empty: values.filter(({ length }) => length === 0).length };
}

/** Returns whether neighbours are in an order, as far as a sample shows. */
export function isInOrder(structure: Structure, role: Role, compare: (a: Uint8Array, b: Uint8Array) => number): boolean {
  return sampleOf(structure, role).every((run) =>
    run.every((bytes, index) => {
      const next = run[index + 1];
      return next === undefined || compare(bytes, next) <= 0;
    }),
  );
}

/** Returns the bytes of keys or values in runs of neighbours. */
function sampleOf(structure: Structure, role: Role): readonly (readonly Uint8Array[])[] {
  const count = structure.count(samplingBudget());
  const budget = samplingBudget();
  return startsOf(count).map((from) =>
    structure.elements(from, Math.min(RUN_LENGTH, count - from), budget).flatMap((element) => {
      const stored = storedBytesOf(element, role);
      return stored === undefined || stored.size > MAX_BYTES ? [] : [readStored(stored)];
    }),
  );
}

function startsOf(count: number): readonly number[] {
  const runs = Math.min(RUNS, Math.ceil(count / RUN_LENGTH));
  const last = Math.max(0, count - RUN_LENGTH);
  return Array.from({ length: runs }, (_, run) => (runs === 1 ? 0 : Math.floor((run * last) / (runs - 1))));
}
