import { formatBytes, formatCycles } from '../../engine/core/format.ts';

/** Returns a difference in bytes with its sign: `+48 B`. */
export function signedBytes(bytes: number): string {
  if (bytes === 0) return '0';
  return `${bytes < 0 ? '−' : '+'}${formatBytes(Math.abs(bytes))}`;
}

/** Returns a difference in cycles, a decimal string, with its sign: `+3.1 G`. */
export function signedCycles(cycles: string): string {
  if (cycles === '0') return '0';
  return cycles.startsWith('-') ? `−${formatCycles(cycles.slice(1))}` : `+${formatCycles(cycles)}`;
}
