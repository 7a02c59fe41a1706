/** Recognition of self-describing encodings with bytes before or after the values, or with only the beginnings of values. */

import { decodeInteger } from '../codecs/integers.ts';
import { lengthWithoutZeros } from '../zeros.ts';
import { DESCRIBED, type Evidence, type Examine, type Sample } from './described.ts';
import type { Likelihood } from './guess.ts';

/** Widths of what may come before a value: a version, a length, a time. */
const PREFIXES = [0, 1, 2, 4, 8] as const;
/** Maximum different versions, whatever their width. */
const MAX_VERSIONS = 8;
/** Minimum share of values that fit an encoding: some may be damaged. */
const MIN_SHARE_OF_SOUND = 0.9;
/** Minimum bits of evidence for an encoding: on average per value, and in total. */
const MIN_BITS = 12;
const MIN_BITS_IN_ALL = 40;
/** Minimum bits for a value with a prefix or padding, which could be part of something else. */
const MIN_BITS_OF_A_PREFIXED = 20;

/** One way to read a value, with the padding after it. */
interface Reading extends Evidence {
  readonly sample: Sample;
  readonly padding: number;
}

/** Returns encodings with prefixes or padding that fit nearly all samples. With `plain` also those without. */
export function guessWrapped(samples: readonly Sample[], plain: boolean): readonly Likelihood[] {
  const found: Likelihood[] = [];
  const isOwn = samples.some(({ bytes, size }) => bytes.length < size);
  for (const [name, examine] of DESCRIBED) {
    for (const width of PREFIXES) {
      const readings = readingsOf(samples, examine, width);
      if (readings.length < MIN_SHARE_OF_SOUND * samples.length || readings.length === 0) continue;
      const guess = nameOf(name, width, readings);
      if (guess === undefined || (guess === name && !plain && !isOwn)) continue;
      const bits = readings.reduce((sum, reading) => sum + reading.bits, 0);
      const needed = guess === name || guess === `padded(${name})` ? MIN_BITS : MIN_BITS_OF_A_PREFIXED;
      if (bits < MIN_BITS_IN_ALL || bits < needed * readings.length) continue;
      const share = readings.length / samples.length;
      found.push({ codec: guess, score: share * scoreOf(name, guess, width, bits), reason: reasonOf(guess, name) });
    }
  }
  return found;
}

/** Returns readings of the samples that are in an encoding from an offset on, to their end or to padding with zeros. */
export function readingsOf(samples: readonly Sample[], examine: Examine, width: number): readonly Reading[] {
  return samples.flatMap((sample): readonly Reading[] => {
    const { bytes, size } = sample;
    if (bytes.length <= width) return [];
    const evidence = examine({ bytes: bytes.subarray(width), size: size - width });
    if (evidence === undefined) return [];
    const end = width + evidence.length;
    return end >= lengthWithoutZeros(bytes) ? [{ ...evidence, sample, padding: size - end }] : [];
  });
}

/** Returns the codec of values after a prefix of a width, or undefined if the prefixes are neither versions nor lengths. */
export function nameOf(name: string, width: number, readings: readonly Reading[]): string | undefined {
  const padded = (codec: string) => (readings.some(({ padding }) => padding > 0) ? `padded(${codec})` : codec);
  if (width === 0) return padded(name);
  const number = lengthBefore(width, readings);
  if (number !== undefined) return padded(`prefixed(${number}, ${name})`);
  // Text after bytes that are not a length proves nothing: it could begin earlier.
  if (name === 'text' || name === 'protobuf') return undefined;
  const versions = new Set(readings.map(({ sample }) => String(sample.bytes.subarray(0, width))));
  return versions.size > MAX_VERSIONS && width < 8 ? undefined : `prefixed(${width}, ${padded(name)})`;
}

/**
 * Returns the codec for the same values followed by zeros, which the beginning of a value does not show. Returns undefined if the
 * codec already accepts zeros.
 */
export function paddedName(name: string): string | undefined {
  if (name.includes('padded(') || name === 'file' || name === 'bytes') return undefined;
  const [, width, of] = /^prefixed\((\d+), (.*)\)$/.exec(name) ?? [];
  return of === undefined ? `padded(${name})` : `prefixed(${width}, padded(${of}))`;
}

/** Returns the codec of the prefixes, if each is the length of the value after it. */
function lengthBefore(width: number, readings: readonly Reading[]): string | undefined {
  for (const order of ['little', 'big'] as const) {
    const isLength = readings.every(({ sample, length }) => {
      return decodeInteger(sample.bytes.subarray(0, width), { signed: false, order }) === BigInt(length);
    });
    if (isLength) return width === 1 ? 'u8' : `u${8 * width}-${order === 'little' ? 'le' : 'be'}`;
  }
  return undefined;
}

function scoreOf(name: string, guess: string, width: number, bits: number): number {
  const certain = guess === name ? 0.97 : width === 0 ? 0.93 : 0.9;
  // Among those that fit, the one with more evidence is better.
  return certain - 0.08 * 2 ** (-bits / 200) - (name === 'text' || name === 'protobuf' ? 0.05 : 0);
}

function reasonOf(guess: string, name: string): string {
  if (guess === name) return `Each begins like ${name}.`;
  const before = guess.includes('prefixed(u') ? 'a length, then ' : guess.includes('prefixed(') ? 'a few bytes, then ' : '';
  return `Each is ${before}${name}${guess.includes('padded(') ? ', then zeros' : ', to the last byte'}.`;
}
