/** Formats `part` as a percentage of `whole`: `97.8 %`. Never rounds a non-zero share to 0 %, nor an incomplete one to 100 %. */
export function formatShare(part: number, whole: number): string {
  if (whole <= 0 || part <= 0) return '0 %';
  if (part >= whole) return '100 %';
  const share = (100 * part) / whole;
  if (share < 0.1) return '< 0.1 %';
  if (share > 99.9) return '> 99.9 %';
  return `${share.toFixed(1).replace(/\.0$/, '')} %`;
}

/**
 * Parses an offset that the user typed: hex with `0x`, else decimal. Ignores spaces, `_` and `,` between digits. Returns
 * undefined if it is neither, or too large to be exact.
 */
export function parseAddress(text: string): number | undefined {
  const bare = text.trim().replace(/(?<=[\da-fx])[\s_,](?=[\da-f])/gi, '');
  if (!/^(0x[\da-f]+|\d+)$/i.test(bare)) return undefined;
  const value = Number(bare);
  return Number.isSafeInteger(value) ? value : undefined;
}
