import { at, byteLength, holds, type Memory, readBytes } from '../../../engine/core/memory/memory.ts';
import { type Region, RegionManager } from '../../../engine/motoko/regions/operate.ts';
import { blob, blobIn, fixed, fixedIn, littleEndian, message, nat64, nat64In } from './candid.ts';
import { type Canister, Trapped } from './canister.ts';
import { NUMBERS, offsetOf, type Step } from './steps.ts';

/** The result of an operation: bytes, a number, nothing, or a refusal. */
export type Result = Uint8Array | bigint | 'done' | 'refused';

/** The actor of `regions.mo`, on our region manager. */
export class Twin {
  readonly memory: Memory;
  #manager: RegionManager | undefined;
  readonly #ids: number[] = [];

  constructor(memory: Memory) {
    this.memory = memory;
  }

  /** Reads the manager from the image again. */
  reopen(): void {
    this.#manager = RegionManager.init(this.memory);
  }

  apply(step: Step): Result {
    if (step.do === 'make') {
      this.#manager ??= RegionManager.init(this.memory);
      const { id } = this.#manager.newRegion();
      this.#ids.push(id);
      return BigInt(id);
    }
    const region = this.#region(step.region);
    if (!region) return 'refused';
    switch (step.do) {
      case 'grow':
        return BigInt.asUintN(64, BigInt(region.grow(step.pages)));
      case 'size':
        return BigInt(region.pages);
      case 'loadNumber':
        return load(region, offsetOf(step, byteLength(region)), NUMBERS[step.type].width);
      case 'loadBlob':
        return load(region, offsetOf(step, byteLength(region)), step.length);
      case 'storeNumber':
        return store(region, offsetOf(step, byteLength(region)), numberBytes(step));
      case 'storeBlob':
        return store(region, offsetOf(step, byteLength(region)), step.bytes);
    }
  }

  /** Returns all bytes of a region. */
  sizeOf(region: number): number {
    const found = this.#region(region);
    return found ? byteLength(found) : 0;
  }

  #region(number: number): Region | undefined {
    const id = this.#ids[number];
    return id === undefined ? undefined : this.#manager?.get(id);
  }
}

/** Lets the canister do a step. `size` is the region's size in bytes. `traps` is true if a trap is expected. */
export function send(canister: Canister, step: Step, size: number, traps: boolean): Result {
  const [method, ...args] = messageOf(step, size);
  const argument = message(...args);
  const reply = traps ? canister.attempt(method, argument) : canister.call(method, argument);
  if (reply instanceof Trapped) return 'refused';
  switch (step.do) {
    case 'make':
    case 'grow':
    case 'size':
      return nat64In(reply);
    case 'loadNumber':
      return fixedIn(reply, NUMBERS[step.type].width);
    case 'loadBlob':
      return blobIn(reply);
    case 'storeNumber':
    case 'storeBlob':
      return 'done';
  }
}

function messageOf(step: Step, size: number): readonly [string, ...ReturnType<typeof nat64>[]] {
  if (step.do === 'make') return ['make'];
  const region = nat64(step.region);
  switch (step.do) {
    case 'grow':
      return ['grow', region, nat64(step.pages)];
    case 'size':
      return ['size', region];
    case 'loadNumber':
      return [`load${step.type}`, region, nat64(offsetOf(step, size))];
    case 'storeNumber':
      return [`store${step.type}`, region, nat64(offsetOf(step, size)), fixed(step.type, numberBytes(step))];
    case 'loadBlob':
      return ['loadBlob', region, nat64(offsetOf(step, size)), nat64(step.length)];
    case 'storeBlob':
      return ['storeBlob', region, nat64(offsetOf(step, size)), blob(step.bytes)];
  }
}

function numberBytes({ type, bits }: Extract<Step, { readonly do: 'storeNumber' }>): Uint8Array {
  return littleEndian(bits).subarray(0, NUMBERS[type].width);
}

function load(region: Region, offset: bigint, length: number): Result {
  return reaches(region, offset, length) ? readBytes(region, at(0, Number(offset)), length) : 'refused';
}

function store(region: Region, offset: bigint, bytes: Uint8Array): Result {
  if (!reaches(region, offset, bytes.length)) return 'refused';
  region.write(at(0, Number(offset)), bytes);
  return 'done';
}

/**
 * Returns whether a range is inside the region. Like the runtime, checks an empty range as if it had one byte, and so refuses one
 * at the very end.
 */
function reaches(region: Region, offset: bigint, length: number): boolean {
  return holds(region, Number(offset), Math.max(1, length));
}
