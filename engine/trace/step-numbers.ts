import { NumberList } from './number-list.ts';

/** Events that share a word of bits. */
const WORD = 32;

/** Which events of a trace are steps: a bit for each event, and the number of steps before each word of bits. */
export class StepNumbers {
  readonly #words = NumberList.counts();
  readonly #before = NumberList.counts();
  #events = 0;
  #steps = 0;

  /** The number of events. */
  get events(): number {
    return this.#events;
  }

  /** The number of steps. */
  get steps(): number {
    return this.#steps;
  }

  /** Adds the next event. */
  add(isStep: boolean): void {
    const bit = this.#events % WORD;
    if (bit === 0) {
      this.#words.push(0);
      this.#before.push(this.#steps);
    }
    this.#events += 1;
    if (!isStep) return;
    const word = this.#words.length - 1;
    this.#words.set(word, (this.#words.at(word) | (1 << bit)) >>> 0);
    this.#steps += 1;
  }

  isStep(event: number): boolean {
    return ((this.#words.at(event >>> 5) >>> (event % WORD)) & 1) === 1;
  }

  /** Returns the number of steps up to and including an event. */
  upTo(event: number): number {
    const word = event >>> 5;
    return this.#before.at(word) + bitsIn(this.#words.at(word) << (WORD - 1 - (event % WORD)));
  }

  /** Returns the event of a step: 0 for step 0, before any event, and the number of events for a step after the last one. */
  eventOf(step: number): number {
    if (step < 1) return 0;
    if (step > this.#steps) return this.#events;
    const word = this.#before.rank(step - 1) - 1;
    let left = step - this.#before.at(word);
    let bits = this.#words.at(word);
    for (; left > 1; left--) bits &= bits - 1;
    return word * WORD + 31 - Math.clz32(bits & -bits);
  }
}

/** Returns the number of bits that are set in 32 bits. */
function bitsIn(word: number): number {
  let bits = word - ((word >>> 1) & 0x5555_5555);
  bits = (bits & 0x3333_3333) + ((bits >>> 2) & 0x3333_3333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
