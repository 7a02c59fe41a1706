/** What recognisers of encodings share. */
import type { Codec } from '../codec.ts';

/** Where values come from: it decides which encodings are usual, and what they are called. */
export interface GuessContext {
  readonly family: 'stable-structures' | 'motoko';
  /** Keys come in the order of their structure. */
  readonly role: 'key' | 'value';
}

/** How well one codec explains all samples. */
export interface Likelihood {
  readonly codec: string;
  /** 0 to 1. */
  readonly score: number;
  /** Why, in a sentence. */
  readonly reason: string;
}

/** Values of one structure, and what is asked again and again about them. */
export class Samples {
  /** In the structure's order. */
  readonly all: readonly Uint8Array[];
  /** Each different one that has bytes, once. */
  readonly distinct: readonly Uint8Array[];
  /** Bytes of the distinct ones. */
  readonly bytes: number;
  /** The length of all, or undefined if they differ. */
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

  /** Returns the share of the distinct samples that something is true for, 0 to 1. */
  share(is: (sample: Uint8Array) => boolean): number {
    return this.distinct.length === 0 ? 0 : this.distinct.filter(is).length / this.distinct.length;
  }

  /** Returns the mean of a measure over the distinct samples. */
  mean(measure: (sample: Uint8Array) => number): number {
    return this.distinct.reduce((sum, sample) => sum + measure(sample), 0) / Math.max(1, this.distinct.length);
  }

  /** Returns whether all, at least three, come strictly in this codec's order, or strictly in the opposite one. */
  order(codec: Codec): 'rising' | 'falling' | undefined {
    const { compare } = codec;
    if (compare === undefined || this.all.length < 3) return undefined;
    const steps = this.all.slice(1).map((sample, index) => Math.sign(compare(this.all[index] ?? sample, sample)));
    if (steps.every((step) => step < 0)) return 'rising';
    return steps.every((step) => step > 0) ? 'falling' : undefined;
  }
}

/** What the members of composed values are: the best guess for values that are in no order. */
export type GuessInner = (values: readonly Uint8Array[]) => Likelihood;

export type Recogniser = (samples: Samples, context: GuessContext, inner: GuessInner) => readonly Likelihood[];

/** Returns how many bytes of this value the sample begins with, as a part of its length. */
export function leading(sample: Uint8Array, value: number): number {
  const end = sample.findIndex((byte) => byte !== value);
  return (end < 0 ? sample.length : end) / Math.max(1, sample.length);
}

/** Returns how many bytes of this value the sample ends with, as a part of its length. */
export function trailing(sample: Uint8Array, value: number): number {
  return leading(sample.toReversed(), value);
}

/**
 * Returns how many columns at one end have the same byte in all samples, as the high bytes of times do; too few samples say
 * nothing.
 */
export function constantColumns(samples: readonly Uint8Array[], end: 'leading' | 'trailing'): number {
  const [first, ...others] = end === 'leading' ? samples : samples.map((sample) => sample.toReversed());
  if (first === undefined || others.length < 3) return 0;
  return Math.max(
    0,
    first.findIndex((byte, column) => others.some((other) => other[column] !== byte)),
  );
}
