/** Types and helpers that the recognisers of encodings share. */
import type { Codec } from '../codec.ts';

/** The origin of values, which decides which encodings are usual and what they are called. */
export interface GuessContext {
  readonly family: 'stable-structures' | 'motoko';
  /** Keys come in the order of their structure. */
  readonly role: 'key' | 'value';
}

/** A codec, and how well it explains all samples. */
export interface Likelihood {
  readonly codec: string;
  /** Likelihood from 0 to 1. */
  readonly score: number;
  /** The reason in a sentence. */
  readonly reason: string;
}

/** The values of one structure, and measures of them that are needed often. */
export class Samples {
  /** All samples, in the structure's order. */
  readonly all: readonly Uint8Array[];
  /** Each different sample that is not empty, once. */
  readonly distinct: readonly Uint8Array[];
  /** Total bytes of the distinct samples. */
  readonly bytes: number;
  /** The length of all samples in bytes, or undefined if it differs. */
  readonly length: number | undefined;
  readonly maxLength: number;

  constructor(all: readonly Uint8Array[]) {
    this.all = all;
    const distinct = new Map(all.map((sample) => [String.fromCharCode(...sample.subarray(0, 4096), sample.length), sample]));
    this.distinct = [...distinct.values()].filter((sample) => sample.length > 0);
    this.bytes = this.distinct.reduce((sum, sample) => sum + sample.length, 0);
    const first = all[0]?.length;
    this.length = all.every((sample) => sample.length === first) ? first : undefined;
    this.maxLength = all.reduce((max, sample) => Math.max(max, sample.length), 0);
  }

  /** Returns the share of distinct samples that meet a condition, from 0 to 1. */
  share(is: (sample: Uint8Array) => boolean): number {
    return this.distinct.length === 0 ? 0 : this.distinct.filter(is).length / this.distinct.length;
  }

  /** Returns the mean of a measure over the distinct samples. */
  mean(measure: (sample: Uint8Array) => number): number {
    return this.distinct.reduce((sum, sample) => sum + measure(sample), 0) / Math.max(1, this.distinct.length);
  }

  /**
   * Returns the order of the samples, if there are at least three and all are strictly in this codec's order or strictly in the
   * opposite one.
   */
  order(codec: Codec): 'rising' | 'falling' | undefined {
    const { compare } = codec;
    if (compare === undefined || this.all.length < 3) return undefined;
    const steps = this.all.slice(1).map((sample, index) => Math.sign(compare(this.all[index] ?? sample, sample)));
    if (steps.every((step) => step < 0)) return 'rising';
    return steps.every((step) => step > 0) ? 'falling' : undefined;
  }
}

/** Guesses the codec of members of composed values, which are in no order. */
export type GuessInner = (values: readonly Uint8Array[]) => Likelihood;

export type Recogniser = (samples: Samples, context: GuessContext, inner: GuessInner) => readonly Likelihood[];

/** Returns the number of leading bytes with this value, as a share of the sample's length. */
export function leading(sample: Uint8Array, value: number): number {
  const end = sample.findIndex((byte) => byte !== value);
  return (end < 0 ? sample.length : end) / Math.max(1, sample.length);
}

/** Returns the number of trailing bytes with this value, as a share of the sample's length. */
export function trailing(sample: Uint8Array, value: number): number {
  return leading(sample.toReversed(), value);
}

/**
 * Returns the number of byte positions at one end that are the same in all samples, like the high bytes of times. Returns 0 if
 * there are too few samples.
 */
export function constantColumns(samples: readonly Uint8Array[], end: 'leading' | 'trailing'): number {
  const [first, ...others] = end === 'leading' ? samples : samples.map((sample) => sample.toReversed());
  if (first === undefined || others.length < 3) return 0;
  return Math.max(
    0,
    first.findIndex((byte, column) => others.some((other) => other[column] !== byte)),
  );
}
