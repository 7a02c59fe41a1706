import { isPrintable } from '../values/codecs/text.ts';
import { decodeUtf8 } from '../values/utf8.ts';
import { type Candidate, chosenOrder, countViolations, naturalOrder, pairsOfOne } from './candidates.ts';
import { type Compare, type KeyOrder, type KeyPair, violates } from './orders.ts';

/** Maximum length in bytes of keys that are compared. */
export const MAX_COMPARED = 4096;
/** Maximum pairs of a sample that are judged. */
const MAX_SAMPLED = 512;
/** Maximum violations kept, to be judged again at the end. */
const MAX_KEPT = 256;
/** Up to this number of pairs, all of them are judged. */
const MAX_SEEN = 512;
/** Maximum passes, each with another order. */
const MAX_PASSES = 6;
/** Minimum pairs that prove an order. */
const MIN_PROOF = 6;
/** Minimum pairs for which a key that another order excuses is reported as doubtful. */
const MIN_DOUBT = 16;
/**
 * Minimum share of the pairs that follow an order, and share at least as many first bytes as the violating pair. With fewer, the
 * violation proves nothing.
 */
const MIN_SHARE = 0.2;

/** The properties of the keys' source. */
export interface KeySource<Violation extends KeyPair = KeyPair> {
  /** True for a heap, where the keys of a pair, parent and child, may be equal. */
  readonly equal: boolean;
  /** Returns true if all keys would be in order without one of them. */
  readonly isOneKey: (violations: readonly Violation[], compare: Compare) => boolean;
  /** Orders that are common there, in addition to those of all libraries. */
  readonly usual?: readonly KeyOrder[];
}

/** The result of judging the pairs. */
export type Verdict<Violation> =
  | { readonly kind: 'ordered'; readonly order: string }
  /** The pairs follow no known order, and nothing proves damage: the program has a custom order. */
  | { readonly kind: 'own' }
  | { readonly kind: 'damaged'; readonly order: string; readonly violations: readonly Violation[] }
  /** One key violates the order that all others follow, and another order would excuse it. */
  | {
      readonly kind: 'doubtful';
      readonly order: string;
      readonly excuse: string;
      readonly violations: readonly Violation[];
    };

/**
 * Judges whether pairs of keys are in one order, which is not stored. The first pass over all pairs uses the order that a sample
 * follows. A violation may only mean that the sample lacked a peculiarity of the real order, so further passes try other orders
 * that explain the violations.
 */
export class OrderJudge<Violation extends KeyPair> {
  readonly #sample: readonly KeyPair[];
  readonly #source: KeySource<Violation>;
  readonly #candidate: Candidate;
  readonly #seen: KeyPair[] = [];
  /** The violations of the previous passes. */
  readonly #violating: readonly KeyPair[];
  readonly #kept: Violation[] = [];
  #violations = 0;
  #pairs = 0;

  constructor(
    sample: readonly KeyPair[],
    source: KeySource<Violation>,
    next?: { readonly candidate: Candidate; readonly violating: readonly KeyPair[] },
  ) {
    const step = Math.ceil(sample.length / MAX_SAMPLED);
    this.#sample = sample.filter((_, index) => index % step === 0);
    this.#source = source;
    this.#candidate = next?.candidate ?? firstCandidate(this.#sample, source);
    this.#violating = next?.violating ?? [];
  }

  get order(): KeyOrder {
    return this.#candidate.order;
  }

  /** Returns a negative number, zero or a positive number if `a` comes before, with or after `b` in the order that is checked. */
  compare(a: Uint8Array, b: Uint8Array): number {
    return this.#candidate.order.compare(a, b);
  }

  /** Takes the next pair. `violation` describes it if it is out of order. */
  next(before: Uint8Array, after: Uint8Array, violation: () => Violation): void {
    this.#pairs += 1;
    if (this.#pairs <= MAX_SEEN) this.#seen.push({ before: before.slice(), after: after.slice() });
    if (!violates(this.#candidate.order, before, after, this.#source.equal)) return;
    this.#violations += 1;
    if (this.#kept.length < MAX_KEPT) this.#kept.push(violation());
  }

  /** Returns a judge of the same pairs in the same order, before its first pass. */
  again(): OrderJudge<Violation> {
    return new OrderJudge(this.#sample, this.#source, { candidate: this.#candidate, violating: this.#violating });
  }

  /**
   * Returns the verdict, after all pairs went through this judge. `pass` passes all pairs through another judge, and returns
   * false if it did not reach their end.
   */
  settle(pass: (judge: OrderJudge<Violation>) => boolean): Settled<Violation> {
    let last: OrderJudge<Violation> = this;
    let best: OrderJudge<Violation> = this;
    let natural: OrderJudge<Violation> | undefined = this.#candidate.natural ? this : undefined;
    for (let passes = 0; passes < MAX_PASSES && best.#violations > 0; passes += 1) {
      const other = last.#alternative();
      if (!other || !pass(other)) break;
      if (other.#isBetterThan(best)) best = other;
      if (other.#candidate.natural && (!natural || other.#violations < natural.#violations)) natural = other;
      last = other;
    }
    return { judge: best, verdict: best.#verdict(natural) };
  }

  /** Returns whether fewer pairs violate the order of this judge; of two orders with as many, the natural one is better. */
  #isBetterThan(other: OrderJudge<Violation>): boolean {
    if (this.#violations !== other.#violations) return this.#violations < other.#violations;
    return this.#candidate.natural && !other.#candidate.natural;
  }

  /** Returns the judge for another pass, with an order that explains the sample and the violations better, if there is one. */
  #alternative(): OrderJudge<Violation> | undefined {
    if (this.#violations === 0) return undefined;
    const violating = [...this.#violating, ...this.#kept];
    const evidence = this.#pairs <= MAX_SEEN ? this.#seen : [...this.#sample, ...violating];
    const { equal, usual } = this.#source;
    const natural = naturalOrder(evidence, equal, usual);
    const candidate = natural.violations === 0 ? natural : (chosenOrder(evidence, equal, natural.violations) ?? natural);
    const present = countViolations(evidence, this.#candidate.order, equal);
    const isTie = candidate.violations === present && candidate.natural && !this.#candidate.natural;
    if (candidate.violations >= present && !isTie) return undefined;
    return new OrderJudge<Violation>(this.#sample, this.#source, { candidate, violating });
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

  /** Returns the violations that prove damage: none if too few pairs follow the order, or too many do not. */
  #proved(): readonly Violation[] {
    const text = this.#seen.every(({ after }) => isPrintable(decodeUtf8(after)));
    if (
      this.#pairs - this.#violations < MIN_PROOF ||
      this.#violations > tolerance(this.#pairs, text && !this.#candidate.order.readsKeys)
    )
      return [];
    // If most keys have one length, a key of another length may have a special place in the program's order.
    if (text || this.#candidate.order.readsKeys || !haveUsualLength(this.#seen)) return this.#kept;
    return this.#kept.filter(({ before, after }) => before.length === after.length);
  }

  /**
   * Returns true if the keys of the violation share a longer prefix than most keys do. Then a later member decides, which may
   * have its own order.
   */
  #isTie(): boolean {
    const shared = Math.min(...this.#kept.map(sharedLength));
    const agreeing = this.#seen.filter(
      ({ before, after }) => !violates(this.#candidate.order, before, after, this.#source.equal),
    );
    const as = agreeing.filter((pair) => sharedLength(pair) >= shared).length;
    return as < MIN_SHARE * agreeing.length;
  }
}

/** The judge of the best pass, and its verdict. */
export interface Settled<Violation extends KeyPair> {
  readonly judge: OrderJudge<Violation>;
  readonly verdict: Verdict<Violation>;
}

/** Returns the order of the first pass: a natural one, as long as one damaged key explains its violations. */
function firstCandidate(sample: readonly KeyPair[], { equal, usual }: Pick<KeySource, 'equal' | 'usual'>): Candidate {
  const natural = naturalOrder(sample, equal, usual);
  if (natural.violations <= pairsOfOne(equal)) return natural;
  return chosenOrder(sample, equal, natural.violations) ?? natural;
}

/**
 * Returns the maximum violations, among `pairs` pairs, that damage of a few keys or of a node explains. A few names may have any
 * order.
 */
function tolerance(pairs: number, text: boolean): number {
  if (pairs < 10 || (text && pairs < 20)) return 1;
  return pairs < 20 ? 2 : Math.max(3, pairs / 50);
}

/** Returns true if at least half of the keys have one length. */
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
