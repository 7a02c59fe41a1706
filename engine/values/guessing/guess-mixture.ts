/**
 * Recognition of several encodings in one structure. A program leaves such a mixture if it changes its encoding and rewrites
 * values only when it uses them.
 */
import { DESCRIBED, type Sample } from './described.ts';
import { nameOf, readingsOf } from './guess-wrapped.ts';

/** Maximum encodings in one structure. */
const MAX_ENCODINGS = 4;
/** Minimum bits of evidence in each value for its encoding. */
const MIN_BITS = 24;
const MIN_VALUES = 2;
/** Minimum share of the values that the encodings together explain. */
const MIN_SHARE = 0.25;
/** Widths of what comes before values in a mixture: nothing, or a version. */
const PREFIXES = [0, 1] as const;

/** Returns the codecs that together explain the samples, the one with the most values first, or none if they explain too few. */
export function guessMixture(samples: readonly Sample[]): readonly string[] {
  const plans = [...DESCRIBED].flatMap(([name, examine]) =>
    PREFIXES.map((width) => ({
      name,
      width,
      readings: readingsOf(samples, examine, width).filter(({ bits }) => bits >= MIN_BITS),
    })),
  );
  const chosen: string[] = [];
  let rest = new Set(samples);
  while (chosen.length < MAX_ENCODINGS) {
    const left = plans.map((plan) => ({ ...plan, readings: plan.readings.filter(({ sample }) => rest.has(sample)) }));
    const best = left.reduce((most, plan) => (plan.readings.length > most.readings.length ? plan : most), left[0] ?? NOTHING);
    if (best.readings.length < MIN_VALUES) break;
    const codec = nameOf(best.name, best.width, best.readings);
    plans.splice(
      plans.findIndex(({ name, width }) => name === best.name && width === best.width),
      1,
    );
    if (codec === undefined) continue;
    chosen.push(codec);
    const read = new Set(best.readings.map(({ sample }) => sample));
    rest = new Set([...rest].filter((sample) => !read.has(sample)));
  }
  return samples.length - rest.size < MIN_SHARE * samples.length ? [] : chosen;
}

const NOTHING = { name: '', width: 0, readings: [] };
