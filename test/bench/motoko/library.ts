/**
 * Times of the real libraries for the work of `work.ts`, measured once, with Motoko compiled to Wasm in V8 on an idle machine
 * (AMD EPYC, 2 cores, Node 24.21), median of 5. They are scaled to the current machine by a row that any Motoko canister can run.
 */
import { BytesMemory } from '../../../engine/core/memory/bytes-memory.ts';
import { message } from '../../peers/motoko/candid.ts';
import { Canister } from '../../peers/motoko/canister.ts';
import { compile, type Program } from '../../peers/motoko/compile.ts';

/** Versions of memory-collection, or memory-buffer, and memory-region. */
export interface Setup {
  readonly name: string;
  readonly persistence: Program['persistence'];
  /** Milliseconds for 10,000 random blobs stored in a plain region. */
  readonly store: number;
}

/** Versions in the order of the columns of `MEASURED`. */
export const SETUPS: readonly Setup[] = [
  { name: 'memory-buffer 0.0.2 + memory-region 0.1.0, classic', persistence: 'classicOP', store: 3.13 },
  { name: 'the same, enhanced persistence', persistence: 'enhancedOP', store: 3.66 },
  { name: 'memory-collection 0.0.4 + memory-region 1.2.4, classic', persistence: 'classicOP', store: 3.38 },
  { name: 'the same, enhanced persistence', persistence: 'enhancedOP', store: 3.92 },
  { name: 'memory-collection 0.0.4 + memory-region 1.4.0, enhanced persistence', persistence: 'enhancedOP', store: 3.95 },
];

/** Milliseconds for all 10,000 elements, by the names of `work.ts`. */
export const MEASURED = {
  addBlob: [4.08, 3.57, 3.35, 8.5, 6.27],
  removeBlob: [6.53, 9.04, 4.44, 81.84, 65.06],
  removeBlobMerging: [14.69, 86.58, 5.95, 12.14, 17.29],
  addBlobAgain: [8.53, 12.46, 3.21, 3.83, 5.11],
  add: [7.88, 9.64, 5.99, 6.72, 6.31],
  get: [4.27, 4.58, 4.55, 4.77, 4.97],
  putSame: [4.24, 4.91, 4.33, 6.19, 5.62],
  putLarger: [8.6, 10.88, 10.7, 13.85, 38.29],
  remove: [911.78, 1016.1, 1055.64, 999.68, 788.66],
  insert: [1045.15, 82.61, 987.48, 77.44, 66.88],
  removeLast: [42.11, 25.15, 18.63, 7.97, 13.43],
} as const satisfies Readonly<Record<string, readonly number[]>>;

export type RowName = keyof typeof MEASURED;

/** Runs the row for scaling in a canister, with either persistence. */
export class Gauge {
  readonly #programs: readonly Program[];
  readonly #times = new Map<Program['persistence'], number[]>();

  constructor() {
    const path = '../../bench/motoko/store.mo';
    this.#programs = [compile(path, 'enhancedOP'), compile(path, 'classicOP')];
    // A warm-up that does not count.
    this.measure();
    this.#times.clear();
  }

  /** Each time in a new canister. */
  measure(): void {
    for (const program of this.#programs) {
      const canister = new Canister(program, new BytesMemory());
      canister.call('prepare', message());
      const start = performance.now();
      canister.call('store', message());
      const times = this.#times.get(program.persistence) ?? [];
      this.#times.set(program.persistence, [...times, performance.now() - start]);
    }
  }

  timesOf(persistence: Program['persistence']): readonly number[] {
    return this.#times.get(persistence) ?? [];
  }
}
