/**
 * Numbers for people, as the engine writes them: the webview knows the engine by its protocol alone, so the few lines stand here again,
 * and a test holds the two to the same words.
 */

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;

/** A size in IEC units with at most one decimal: `512 B`, `1.5 KiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  let value = bytes;
  let unit = 'B';
  for (const next of UNITS) {
    // 1023.95 would be written as 1024.0, which is one of the next unit.
    if (value < 1023.95) break;
    value /= 1024;
    unit = next;
  }
  return `${value.toFixed(1).replace(/\.0$/, '')} ${unit}`;
}

/** A whole number with separators: `1,234,567`. Takes the protocol's decimal strings too. */
export function formatCount(count: number | string): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A count and its noun: `1 byte`, `2,048 bytes`. */
export function formatCounted(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** A byte position in lower-case hex: `0x1a0`. */
export function formatAddress(address: number): string {
  return `0x${address.toString(16)}`;
}

/** The exact size, for a hover: `8,388,608 bytes`. */
export function formatExactBytes(bytes: number): string {
  return formatCounted(bytes, 'byte');
}

const CYCLES = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
] as const;

/** Cycles in T, G or M with three digits: `407 G`, `1.27 T`. `cycles` is a decimal string; below a million it stays exact. */
export function formatCycles(cycles: string): string {
  const value = Number(cycles);
  for (const [size, unit] of CYCLES) {
    // Half a unit in the last of three digits below, so that 999.9 G is written as 1 T.
    if (value < size * 0.9995) continue;
    const scaled = value / size;
    const decimals = scaled < 9.995 ? 2 : scaled < 99.95 ? 1 : 0;
    const digits = scaled.toFixed(decimals);
    return `${decimals === 0 ? formatCount(digits) : digits.replace(/\.?0+$/, '')} ${unit}`;
  }
  return formatCount(cycles);
}

/** What share `part` is of `whole`: `97.8 %`; a share that is there is never written as nothing, nor one that lacks some as all. */
export function formatShare(part: number, whole: number): string {
  if (whole <= 0 || part <= 0) return '0 %';
  if (part >= whole) return '100 %';
  const share = (100 * part) / whole;
  if (share < 0.1) return '< 0.1 %';
  if (share > 99.9) return '> 99.9 %';
  return `${share.toFixed(1).replace(/\.0$/, '')} %`;
}

/**
 * The position that a person typed: hex with `0x`, else decimal; spaces, `_` and `,` between digits are left out.
 * Undefined where it is neither, or too large to be exact.
 */
export function parseAddress(text: string): number | undefined {
  const bare = text.trim().replace(/(?<=[\da-fx])[\s_,](?=[\da-f])/gi, '');
  if (!/^(0x[\da-f]+|\d+)$/i.test(bare)) return undefined;
  const value = Number(bare);
  return Number.isSafeInteger(value) ? value : undefined;
}
