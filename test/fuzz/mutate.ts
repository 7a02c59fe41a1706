import type { Random } from './random.ts';

/** A change of bytes in place, as by damage, edits or other writers. */
export interface Patch {
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** Numbers at which readers often fail. */
const EXTREMES = [
  0n,
  1n,
  0x7fn,
  0x80n,
  0xffn,
  0xffffn,
  0x7fff_ffffn,
  0xffff_ffffn,
  0x20_0000_0000_0000n,
  0x7fff_ffff_ffff_ffffn,
  0xffff_ffff_ffff_ffffn,
] as const;

/** Returns a few patches, most of them near one of `places` (headers, tables) and none beyond `size`. */
export function patches(
  random: Random,
  size: number,
  places: readonly number[],
  read: (start: number, length: number) => Uint8Array,
): readonly Patch[] {
  const count = 1 + random.below(random.once(8) ? 12 : 3);
  return Array.from({ length: count }, () => {
    const start = placeIn(random, size, places);
    const bytes = changed(random, start, size, read);
    return { start, bytes: bytes.subarray(0, Math.max(0, size - start)) };
  });
}

function placeIn(random: Random, size: number, places: readonly number[]): number {
  const place = places[random.below(places.length)];
  if (place === undefined || random.once(5)) return random.below(Math.max(1, size));
  return Math.min(Math.max(0, size - 1), place + random.below(random.once(3) ? 128 : 24));
}

function changed(random: Random, start: number, size: number, read: (start: number, length: number) => Uint8Array): Uint8Array {
  const current = (length: number): Uint8Array => read(start, Math.max(0, Math.min(length, size - start)));
  switch (random.below(8)) {
    case 0: {
      const bytes = current(1).slice();
      for (const [index, byte] of bytes.entries()) bytes[index] = byte ^ (1 << random.below(8));
      return bytes;
    }
    case 1:
      return Uint8Array.of(random.byte());
    case 2:
      return number(random, EXTREMES[random.below(EXTREMES.length)] ?? 0n);
    case 3: {
      // A number that is off by one, in whatever width and byte order.
      const bytes = current(random.pick([1, 2, 4, 8])).slice();
      const index = random.once(2) ? 0 : bytes.length - 1;
      bytes[index] = ((bytes[index] ?? 0) + random.pick([1, 255])) & 0xff;
      return bytes;
    }
    case 4:
      return new Uint8Array(random.length(4096)).fill(random.pick([0, 0xff]));
    case 5:
      return random.bytes(random.length(64));
    case 6: {
      // Bytes from elsewhere: another node, a second header.
      const from = random.below(Math.max(1, size));
      return read(from, Math.max(0, Math.min(random.length(256), size - from))).slice();
    }
    default:
      return current(random.pick([2, 4, 8]))
        .slice()
        .reverse();
  }
}

function number(random: Random, value: bigint): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  const little = random.once(2);
  view.setBigUint64(0, value, little);
  const width = random.pick([1, 2, 4, 8]);
  return new Uint8Array(view.buffer, little ? 0 : 8 - width, width);
}

/** Returns mutated bytes for the same reader: patched, cut, or with bytes inserted, removed or doubled. */
export function mutated(random: Random, seed: Uint8Array, places: readonly number[] = []): Uint8Array<ArrayBuffer> {
  let bytes = Uint8Array.from(seed);
  for (let round = 1 + random.below(3); round > 0; round -= 1) {
    const at = random.below(bytes.length + 1);
    switch (random.below(6)) {
      case 0:
        bytes = bytes.slice(0, at);
        break;
      case 1:
        bytes = joined(bytes.subarray(0, at), random.bytes(random.length(32)), bytes.subarray(at));
        break;
      case 2:
        bytes = joined(bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + random.length(64))));
        break;
      case 3:
        bytes = joined(bytes.subarray(0, at), bytes.subarray(Math.max(0, at - random.length(64))));
        break;
      default:
        for (const patch of patches(random, bytes.length, places, (start, length) => bytes.subarray(start, start + length)))
          bytes.set(patch.bytes, patch.start);
    }
  }
  return bytes;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let end = 0;
  for (const part of parts) {
    all.set(part, end);
    end += part.length;
  }
  return all;
}
