/**
 * The measurements, in the order of the table. Each case is one run of the program `work.ts`, and of
 * `test/peers/src/bin/bench.rs`.
 */

export interface Measure {
  /** Name that the programs print. A measurement without a counterpart in the real library is compared with `like`. */
  readonly name: string;
  readonly what: string;
  readonly like?: string;
  readonly target?: Target;
}

/** Target of the engine: a maximum multiple of the native time, or a maximum number of nanoseconds. */
export type Target = { readonly times: number } | { readonly nanoseconds: number };

export interface Case {
  readonly name: string;
  readonly measures: readonly Measure[];
}

const EQUAL: Target = { times: 1 };
const TWICE: Target = { times: 2 };

/** Iterating creates an array for each key and value, which the real library keeps on its stack. */
const MAP: readonly Measure[] = [
  { name: 'insert', what: 'insert', target: EQUAL },
  { name: 'get', what: 'get', target: EQUAL },
  { name: 'iterate', what: 'iterate, an entry', target: TWICE },
  { name: 'overwrite', what: 'overwrite', target: EQUAL },
  { name: 'remove', what: 'remove', target: EQUAL },
];

const of = (title: string, measures: readonly Measure[]): readonly Measure[] =>
  measures.map((measure) => ({ ...measure, what: `${title}: ${measure.what}` }));

export const CASES: readonly Case[] = [
  { name: 'map-random', measures: of('BTreeMap, random keys', MAP) },
  { name: 'map-ascending', measures: of('BTreeMap, ascending keys', MAP) },
  {
    name: 'map-unbounded',
    measures: of(
      'BTreeMap, values of any length',
      MAP.filter(({ name }) => name !== 'iterate' && name !== 'overwrite'),
    ),
  },
  {
    name: 'manager',
    measures: of('MemoryManager', [
      { name: 'grow', what: 'grow by a bucket, without a base memory', target: TWICE },
      { name: 'load', what: 'load 10,000 buckets', target: { nanoseconds: 1e6 } },
    ]),
  },
  {
    name: 'vec',
    measures: of('Vec of u64', [
      { name: 'push', what: 'push', target: TWICE },
      { name: 'get', what: 'get, into an existing array', target: TWICE },
      { name: 'get-bigint', like: 'get', what: 'get, as a bigint' },
      { name: 'get-copy', like: 'get', what: 'get, into new bytes' },
      { name: 'iterate', what: 'iterate, an item' },
    ]),
  },
];
