/** What becomes of the image's bytes, as the strip's bar shows it. */
import { BYTE_USES, type ByteUse, type ScanSummary, type Summary, type Usage } from '../../engine/views/protocol.ts';

export interface Segment {
  readonly use: ByteUse;
  readonly bytes: number;
}

/** How each use is called. */
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

/** What each use means, in a sentence. */
export const USE_MEANINGS: Readonly<Record<ByteUse, string>> = {
  metadata: 'Headers and tables of the libraries.',
  live: 'In use: entries, nodes, values.',
  free: 'Given back, and handed out again when something is stored: freed buckets, chunks and blocks.',
  slack: 'Reserved by a bucket or a block, and never used yet.',
  leaked: 'Allocated, and reachable from nowhere.',
  unmanaged: 'Outside of what the layout manages.',
  unknown: 'Not understood, or not walked.',
  missing: 'The file does not have these bytes.',
  uncounted: 'All structures are being walked; then it is known what these bytes are.',
};

/** Whether anything was counted: a walk that failed has no numbers. */
export function isCounted(scan: ScanSummary): boolean {
  return Object.values(scan.usage).some((bytes) => bytes > 0);
}

/** The parts of the bar in order, those of no bytes left out. What is missing was counted as unknown, since nobody can read it. */
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
