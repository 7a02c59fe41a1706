/** What is measured, in the order of the table. Each case is one program run of `work.ts`, and of `test/peers/src/bin/bench.rs`. */

export interface Measure {
  /** As the programs print it; what the real library has no counterpart of is compared with its `like`. */
  readonly name: string;
  readonly what: string;
  readonly like?: string;
  readonly target?: Target;
}

/** What the engine shall need: at most so many times the native time, or less than so many nanoseconds. */
export type Target = { readonly times: number } | { readonly nanoseconds: number };

export interface Case {
  readonly name: string;
  readonly measures: readonly Measure[];
}

const EQUAL: Target = { times: 1 };
const TWICE: Target = { times: 2 };

/** To iterate means to make an array for each key and value, which the real library leaves on its stack. */
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
      { name: 'grow', what: 'grow by a bucket, no memory below', target: TWICE },
      { name: 'load', what: 'load 10,000 buckets', target: { nanoseconds: 1e6 } },
    ]),
  },
  {
    name: 'vec',
    measures: of('Vec of u64', [
      { name: 'push', what: 'push', target: TWICE },
      { name: 'get', what: 'get, into bytes at hand', target: TWICE },
      { name: 'get-bigint', like: 'get', what: 'get, as a bigint' },
      { name: 'get-copy', like: 'get', what: 'get, into new bytes' },
      { name: 'iterate', what: 'iterate, an item' },
    ]),
  },
];
