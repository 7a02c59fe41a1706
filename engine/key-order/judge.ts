import { isPrintable } from '../values/codecs/text.ts';
import { decodeUtf8 } from '../values/utf8.ts';
import { type Candidate, chosenOrder, countViolations, naturalOrder, pairsOfOne } from './candidates.ts';
import { type Compare, type KeyOrder, type KeyPair, offends } from './orders.ts';

/** Longer keys are not compared. */
export const MAX_COMPARED = 4096;
/** Pairs of a sample that are judged. */
const MAX_SAMPLED = 512;
/** Violations that are kept, to be judged again at the end. */
const MAX_KEPT = 256;
/** Where no more pairs are there, all of them are judged. */
const MAX_SEEN = 512;
/** Passes with another order each. */
const MAX_PASSES = 6;
/** Fewer pairs prove no order. */
const MIN_PROOF = 6;
/** In fewer pairs a key that another order excuses is no reason for doubt. */
const MIN_DOUBT = 16;
/**
 * Of the pairs that follow an order at least this share begin differently where another violates it, or that place proves
 * nothing.
 */
const MIN_SHARE = 0.2;

/** Where keys come from. */
export interface KeySource<Violation extends KeyPair = KeyPair> {
  /** True for a heap: the two of a pair, parent and child, may be equal. */
  readonly equal: boolean;
  /** Returns true where all would be in order without one of the keys. */
  readonly isOneKey: (violations: readonly Violation[], compare: Compare) => boolean;
  /** Orders that are usual there, beside those of every library. */
  readonly usual?: readonly KeyOrder[];
}

/** What the pairs prove. */
export type Verdict<Violation> =
  | { readonly kind: 'ordered'; readonly order: string }
  /** They follow no known order, and nothing proves a damage: it is an order of the program's own. */
  | { readonly kind: 'own' }
  | { readonly kind: 'damaged'; readonly order: string; readonly violations: readonly Violation[] }
  /** One key offends the order that all others follow, and another order would excuse it. */
  | {
      readonly kind: 'doubtful';
      readonly order: string;
      readonly excuse: string;
      readonly violations: readonly Violation[];
    };

/**
 * Judges whether pairs of keys are in one order, which nothing stored names. The first pass over all pairs goes by the order that
 * a sample follows. What offends it may only show that the sample had nothing of the real order's peculiarity, so other orders
 * that explain it are tried in further passes.
 */
export class OrderJudge<Violation extends KeyPair> {
  readonly #sample: readonly KeyPair[];
  readonly #source: KeySource<Violation>;
  readonly #candidate: Candidate;
  readonly #seen: KeyPair[] = [];
  /** What offended the judges of the passes before. */
  readonly #offenders: readonly KeyPair[];
  readonly #kept: Violation[] = [];
  #violations = 0;
  #pairs = 0;

  constructor(
    sample: readonly KeyPair[],
    source: KeySource<Violation>,
    next?: { readonly candidate: Candidate; readonly offenders: readonly KeyPair[] },
  ) {
    const step = Math.ceil(sample.length / MAX_SAMPLED);
    this.#sample = sample.filter((_, index) => index % step === 0);
    this.#source = source;
    this.#candidate = next?.candidate ?? firstCandidate(this.#sample, source);
    this.#offenders = next?.offenders ?? [];
  }

  get order(): KeyOrder {
    return this.#candidate.order;
  }

  /** Returns a negative number, zero or a positive one as `a` comes before, with or after `b`, in the order that is checked. */
  compare(a: Uint8Array, b: Uint8Array): number {
    return this.#candidate.order.compare(a, b);
  }

  /** Takes the next pair; `violation` describes it where it is out of order. */
  next(before: Uint8Array, after: Uint8Array, violation: () => Violation): void {
    this.#pairs += 1;
    if (this.#pairs <= MAX_SEEN) this.#seen.push({ before: before.slice(), after: after.slice() });
    if (!offends(this.#candidate.order, before, after, this.#source.equal)) return;
    this.#violations += 1;
    if (this.#kept.length < MAX_KEPT) this.#kept.push(violation());
  }

  /** Returns a judge of the same pairs in the same order, before its first pass. */
  again(): OrderJudge<Violation> {
    return new OrderJudge(this.#sample, this.#source, { candidate: this.#candidate, offenders: this.#offenders });
  }

  /**
   * Judges, once all pairs went through this judge. `pass` takes all of them through another one, and returns false where it did
   * not come to their end.
   */
  settle(pass: (judge: OrderJudge<Violation>) => boolean): Settled<Violation> {
    let last: OrderJudge<Violation> = this;
    let best: OrderJudge<Violation> = this;
    let natural: OrderJudge<Violation> | undefined = this.#candidate.natural ? this : undefined;
    for (let passes = 0; passes < MAX_PASSES && best.#violations > 0; passes += 1) {
      const other = last.#alternative();
      if (!other || !pass(other)) break;
      if (other.#violations < best.#violations) best = other;
      if (other.#candidate.natural && (!natural || other.#violations < natural.#violations)) natural = other;
      last = other;
    }
    return { judge: best, verdict: best.#verdict(natural) };
  }

  /** The judge of another pass, with an order that explains the sample and what has offended this one better, if there is one. */
  #alternative(): OrderJudge<Violation> | undefined {
    if (this.#violations === 0) return undefined;
    const offenders = [...this.#offenders, ...this.#kept];
    const evidence = this.#pairs <= MAX_SEEN ? this.#seen : [...this.#sample, ...offenders];
    const { equal, usual } = this.#source;
    const natural = naturalOrder(evidence, equal, usual);
    const candidate = natural.violations === 0 ? natural : (chosenOrder(evidence, equal, natural.violations) ?? natural);
    if (candidate.violations >= countViolations(evidence, this.#candidate.order, equal)) return undefined;
    return new OrderJudge<Violation>(this.#sample, this.#source, { candidate, offenders });
  }

  #verdict(natural: OrderJudge<Violation> | undefined): Verdict<Violation> {
    const order = this.#candidate.order.name;
    if (this.#violations > 0) {
      const violations = this.#proved();
      return violations.length === 0 ? { kind: 'own' } : { kind: 'damaged', order, violations };
    }
    if (natural && natural !== this) {
      const violations = natural.#proved();
      const { order: expected } = natural.#candidate;
      if (
        violations.length > 0 &&
        natural.#pairs >= MIN_DOUBT &&
        this.#source.isOneKey(violations, expected.compare) &&
        !natural.#isTie()
      )
        return { kind: 'doubtful', order: expected.name, excuse: order, violations };
    }
    return { kind: 'ordered', order };
  }

  /** The violations that prove a damage: none where too few pairs follow the order, or too many do not. */
  #proved(): readonly Violation[] {
    const text = this.#seen.every(({ after }) => isPrintable(decodeUtf8(after)));
    if (
      this.#pairs - this.#violations < MIN_PROOF ||
      this.#violations > tolerance(this.#pairs, text && !this.#candidate.order.readsKeys)
    )
      return [];
    // Where most keys are of one length, one of another length may have a place of its own in the program's order.
    if (text || this.#candidate.order.readsKeys || !haveUsualLength(this.#seen)) return this.#kept;
    return this.#kept.filter(({ before, after }) => before.length === after.length);
  }

  /**
   * Returns true where the keys of the violation share more of their beginning than most keys do: there a later member decides,
   * which may have an order of its own.
   */
  #isTie(): boolean {
    const shared = Math.min(...this.#kept.map(sharedLength));
    const agreeing = this.#seen.filter(({ before, after }) => !offends(this.#candidate.order, before, after, this.#source.equal));
    const as = agreeing.filter((pair) => sharedLength(pair) >= shared).length;
    return as < MIN_SHARE * agreeing.length;
  }
}

/** The judge of the best pass, and what is judged. */
export interface Settled<Violation extends KeyPair> {
  readonly judge: OrderJudge<Violation>;
  readonly verdict: Verdict<Violation>;
}

/** The order of the first pass: a natural one, as long as one damaged key explains what offends it. */
function firstCandidate(sample: readonly KeyPair[], { equal, usual }: Pick<KeySource, 'equal' | 'usual'>): Candidate {
  const natural = naturalOrder(sample, equal, usual);
  if (natural.violations <= pairsOfOne(equal)) return natural;
  return chosenOrder(sample, equal, natural.violations) ?? natural;
}

/** The violations that damage of a few keys or of a node explains, among so many pairs. A few names may have any order. */
function tolerance(pairs: number, text: boolean): number {
  if (pairs < 10 || (text && pairs < 20)) return 1;
  return pairs < 20 ? 2 : Math.max(3, pairs / 50);
}

/** Returns true where at least half of the keys are of one length. */
function haveUsualLength(pairs: readonly KeyPair[]): boolean {
  const counts = new Map<number, number>();
  for (const { after } of pairs) counts.set(after.length, (counts.get(after.length) ?? 0) + 1);
  return 2 * Math.max(...counts.values()) >= pairs.length;
}

function sharedLength({ before, after }: KeyPair): number {
  const end = Math.min(before.length, after.length);
  let index = 0;
  while (index < end && before[index] === after[index]) index += 1;
  return index;
}
