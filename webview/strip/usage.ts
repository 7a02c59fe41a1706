/** The use of the image's bytes, for the strip's bar. */
import { formatCycles, formatExactBytes } from '../../engine/core/format.ts';
import { BYTE_USES, type ByteUse, type ScanSummary, type Summary, type Usage } from '../../engine/views/protocol.ts';
import { formatShare } from '../format.ts';

export interface Segment {
  readonly use: ByteUse;
  readonly bytes: number;
}

/** Names of the uses. */
export const USE_NAMES: Readonly<Record<ByteUse, string>> = {
  metadata: 'metadata',
  live: 'live',
  free: 'free',
  slack: 'slack',
  leaked: 'leaked',
  unmanaged: 'unmanaged',
  unknown: 'unknown',
  missing: 'not downloaded',
  uncounted: 'not counted yet',
};

/** Meaning of each use, as a sentence. */
export const USE_MEANINGS: Readonly<Record<ByteUse, string>> = {
  metadata: 'Headers and tables of the libraries.',
  live: 'In use: entries, nodes, values.',
  free: 'Freed buckets, chunks and blocks, which will be allocated again.',
  slack: 'Reserved by a bucket or a block, but not used yet.',
  leaked: 'Allocated but unreachable.',
  unmanaged: 'Outside the range that the layout manages.',
  unknown: 'Not understood, or not scanned.',
  missing: 'Not in the file.',
  uncounted: 'A full scan is counting these bytes.',
};

/** Returns everything about a use, for a hover: its bytes, what they cost, and for slack why memory grows in steps. */
export function describeUse({ use, bytes }: Segment, summary: Summary, { cyclesPerYear }: ScanSummary): string {
  const size = `${USE_NAMES[use]}: ${formatExactBytes(bytes)}, ${formatShare(bytes, summary.bytes)}`;
  const cycles = summary.bytes === 0 ? 0n : (BigInt(cyclesPerYear) * BigInt(bytes)) / BigInt(summary.bytes);
  const growth = use === 'slack' && summary.growth !== undefined ? ` ${summary.growth}` : '';
  return `${size}, ${formatCycles(cycles)} cycles a year. ${USE_MEANINGS[use]}${growth}`;
}

/** Returns true if bytes were counted. A failed scan has no numbers. */
export function isCounted(scan: ScanSummary): boolean {
  return Object.values(scan.usage).some((bytes) => bytes > 0);
}

/** Returns the non-empty segments of the bar in order. The scan counted missing bytes as unknown, because they cannot be read. */
export function segmentsOf(usage: Usage, missing: Summary['missing']): readonly Segment[] {
  const absent = missing?.bytes ?? 0;
  const sizes: Readonly<Record<ByteUse, number>> = {
    ...usage,
    unknown: Math.max(0, usage.unknown - absent),
    missing: absent,
    uncounted: 0,
  };
  return BYTE_USES.map((use) => ({ use, bytes: sizes[use] })).filter(({ bytes }) => bytes > 0);
}
