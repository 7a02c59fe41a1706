/** Formats sizes, counts, addresses and bytes for people, the same everywhere. */

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;

/** Returns a size in IEC units with at most one decimal: `512 B`, `1.5 KiB`, `8 MiB`. For the exact number use `formatCount`. */
export function formatBytes(bytes: number): string {
  if (Math.abs(bytes) < 1024) return `${bytes} B`;
  let value = bytes;
  let unit = 'B';
  for (const next of UNITS) {
    // 1023.95 would be rounded to 1024.0, which is 1 of the next unit.
    if (Math.abs(value) < 1023.95) break;
    value /= 1024;
    unit = next;
  }
  return `${value.toFixed(1).replace(/\.0$/, '')} ${unit}`;
}

/** Returns a whole number with separators: `1,234,567`. Also accepts the protocol's decimal strings. */
export function formatCount(count: number | bigint | string): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Returns a count with its noun: `1 page`, `2,048 pages`. */
export function formatCounted(count: number | bigint, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 || count === 1n ? one : many}`;
}

/** Returns the verb for such a count: `1 bucket is`, `2 buckets are`. */
export function isOrAre(count: number | bigint): 'is' | 'are' {
  return count === 1 || count === 1n ? 'is' : 'are';
}

export function wasOrWere(count: number | bigint): 'was' | 'were' {
  return count === 1 || count === 1n ? 'was' : 'were';
}

/** Returns a byte position in lower-case hex: `0x1a0`. */
export function formatAddress(address: number | bigint): string {
  return `0x${address.toString(16)}`;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Bytes converted at a time: appending digits one by one to a long string takes many times its memory. */
const HEX_BLOCK = 2 ** 14;

/** Returns bytes in lower-case hex, two digits each, without separators. */
export function toHex(bytes: Uint8Array): string {
  if (bytes.length > HEX_BLOCK) {
    const blocks: string[] = [];
    for (let start = 0; start < bytes.length; start += HEX_BLOCK) {
      blocks.push(Array.from(bytes.subarray(start, start + HEX_BLOCK), (byte) => HEX[byte]).join(''));
    }
    return blocks.join('');
  }
  let hex = '';
  for (const byte of bytes) hex += HEX[byte];
  return hex;
}

/** Parses hex digits of either case. Returns undefined when the text does not consist of pairs of hex digits. */
export function fromHex(hex: string): Uint8Array<ArrayBuffer> | undefined {
  if (hex.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(hex)) return undefined;
  const bytes = new Uint8Array(hex.length / 2);
  for (let index = 0; index < bytes.length; index++) bytes[index] = Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16);
  return bytes;
}

/** Returns the exact size, for a hover: `8,388,608 bytes`. */
export function formatExactBytes(bytes: number): string {
  return formatCounted(bytes, 'byte');
}

const CYCLES = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
] as const;

/** Returns cycles in T, G or M with three digits: `407 G`, `1.27 T`. Numbers below a million stay exact. */
export function formatCycles(cycles: bigint | string): string {
  const value = Number(cycles);
  for (const [size, unit] of CYCLES) {
    // The factor is half a unit in the last of three digits, so 999.9 G becomes 1 T.
    if (value < size * 0.9995) continue;
    const scaled = value / size;
    const decimals = scaled < 9.995 ? 2 : scaled < 99.95 ? 1 : 0;
    const digits = scaled.toFixed(decimals);
    return `${decimals === 0 ? formatCount(digits) : digits.replace(/\.?0+$/, '')} ${unit}`;
  }
  return formatCount(cycles);
}

/** Returns a text, or its first `max` characters and `…` if it is longer. */
export function cut(text: string, max: number): string {
  return text.length > max ? `${text.slice(0, max)}…` : text;
}

/** Returns a text with a capital at its start, as a sentence begins. */
export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
