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
