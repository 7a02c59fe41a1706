import type { Budget } from './budget.ts';
import { type Address, at, byteLength, PAGE_SIZE, type ReadableMemory, viewOf } from './memory/memory.ts';

/** Computes the checksum of bytes that arrive in pieces. Node has a faster implementation. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  /** Returns the checksum of all bytes so far. The hasher cannot be used afterwards. */
  digest(): Uint8Array;
}

const BLOCK = 64;
const ROUNDS = 64;

/** Fractional parts of the cube roots and square roots of the first primes, as defined in FIPS 180-4. */
const [CONSTANTS, INITIAL] = rootsOfPrimes();

/** SHA-256 (FIPS 180-4). */
export class Sha256 implements Hasher {
  readonly #state = Int32Array.from(INITIAL);
  readonly #words = new Int32Array(ROUNDS);
  /** The bytes that do not fill a block yet. */
  readonly #rest = new Uint8Array(BLOCK);
  #length = 0;

  update(bytes: Uint8Array): void {
    const view = viewOf(bytes);
    let position = 0;
    const filled = this.#length % BLOCK;
    if (filled > 0) {
      position = Math.min(BLOCK - filled, bytes.length);
      this.#rest.set(bytes.subarray(0, position), filled);
      if (filled + position === BLOCK) this.#block(viewOf(this.#rest), 0);
    }
    for (; position + BLOCK <= bytes.length; position += BLOCK) this.#block(view, position);
    // When the piece did not fill the pending block, nothing is left here.
    if (position < bytes.length) this.#rest.set(bytes.subarray(position));
    this.#length += bytes.length;
  }

  digest(): Uint8Array<ArrayBuffer> {
    const length = this.#length;
    const padding = new Uint8Array(BLOCK + 8 - ((length + 8) % BLOCK));
    padding[0] = 0x80;
    viewOf(padding).setBigUint64(padding.length - 8, BigInt(length) * 8n);
    this.update(padding);
    const digest = new Uint8Array(32);
    const view = viewOf(digest);
    this.#state.forEach((word, index) => {
      view.setInt32(4 * index, word);
    });
    return digest;
  }

  #block(view: DataView, position: number): void {
    const words = this.#words;
    const state = this.#state;
    for (let i = 0; i < 16; i++) words[i] = view.getInt32(position + 4 * i);
    for (let i = 16; i < ROUNDS; i++) {
      const x = words[i - 15] ?? 0;
      const y = words[i - 2] ?? 0;
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      words[i] = ((words[i - 16] ?? 0) + s0 + (words[i - 7] ?? 0) + s1) | 0;
    }
    let a = state[0] ?? 0;
    let b = state[1] ?? 0;
    let c = state[2] ?? 0;
    let d = state[3] ?? 0;
    let e = state[4] ?? 0;
    let f = state[5] ?? 0;
    let g = state[6] ?? 0;
    let h = state[7] ?? 0;
    for (let i = 0; i < ROUNDS; i++) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (CONSTANTS[i] ?? 0) + (words[i] ?? 0)) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    // Written out, because a list of the eight would cost more than the rounds.
    state[0] = (state[0] ?? 0) + a;
    state[1] = (state[1] ?? 0) + b;
    state[2] = (state[2] ?? 0) + c;
    state[3] = (state[3] ?? 0) + d;
    state[4] = (state[4] ?? 0) + e;
    state[5] = (state[5] ?? 0) + f;
    state[6] = (state[6] ?? 0) + g;
    state[7] = (state[7] ?? 0) + h;
  }
}

/**
 * Returns the SHA-256 of a whole memory; undefined when the budget ends first. A memory of 500 GiB takes minutes, even if it is
 * empty.
 */
export function hashMemory(memory: ReadableMemory, budget: Budget, hasher: Hasher = new Sha256()): Uint8Array | undefined {
  const page = new Uint8Array(PAGE_SIZE);
  for (let address: Address = at(0, 0); address < byteLength(memory); address = at(address, PAGE_SIZE)) {
    if (!budget.spend(PAGE_SIZE)) return undefined;
    memory.read(address, page);
    hasher.update(page);
  }
  return hasher.digest();
}

function rootsOfPrimes(): readonly [Int32Array, Int32Array] {
  const primes: number[] = [];
  for (let number = 2; primes.length < ROUNDS; number++) {
    if (primes.every((prime) => number % prime !== 0)) primes.push(number);
  }
  return [
    Int32Array.from(primes, (prime) => fraction(BigInt(prime), 3n)),
    Int32Array.from(primes.slice(0, 8), (prime) => fraction(BigInt(prime), 2n)),
  ];
}

/**
 * Returns the first 32 bits after the binary point of the root, which are the low bits of the integer root of `number` * 2^(32 *
 * degree).
 */
function fraction(number: bigint, degree: bigint): number {
  const scaled = number << (32n * degree);
  let low = 0n;
  let high = 1n << 40n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** degree <= scaled) low = middle;
    else high = middle;
  }
  return Number(BigInt.asIntN(32, low));
}
