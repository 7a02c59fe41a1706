import { FINDINGS } from '../core/findings.ts';
import { formatAddress, formatBytes, formatCount, formatCounted } from '../core/format.ts';
import { type OffsetRange, offsetAt, PAGE_SIZE } from '../core/memory/memory.ts';
import type { PlacedFinding } from './placed.ts';
import type { SnapshotSource } from './snapshot.ts';

/** Maximum gaps of an unfinished download that are reported. */
const MAX_GAPS = 16;

/** Returns findings about the file itself: bytes that are missing, and bytes beyond the size in its metadata. */
export function fileFindings({
  bytes,
  missing,
  fileBytes = bytes,
  declaredBytes: declared = bytes,
}: SnapshotSource): readonly PlacedFinding[] {
  const shorter = `: the file is ${formatCounted(declared - fileBytes, 'byte')} shorter than its metadata says, ${formatCount(fileBytes)}, not ${formatCount(declared)}`;
  const found = missing
    .slice(0, MAX_GAPS)
    .map((gap) =>
      fileFinding(
        'image.not-downloaded',
        gap,
        `${formatBytes(gap.length)} at ${formatAddress(gap.start)} are not downloaded${gap.start + gap.length > fileBytes ? shorter : ''}.`,
      ),
    );
  const more = bytes - declared;
  if (more > 0) {
    const message = `The file is ${formatCounted(more, 'byte')} longer than its metadata says: ${formatCount(bytes)}, not ${formatCount(declared)}.`;
    return [...found, fileFinding('image.length', { start: offsetAt(0, declared), length: more }, message)];
  }
  const rest = bytes % PAGE_SIZE;
  if (rest === 0) return found;
  const message = `The file ends ${formatCounted(PAGE_SIZE - rest, 'byte')} before the end of its last page.`;
  return [...found, fileFinding('image.cut', { start: offsetAt(0, bytes - rest), length: rest }, message)];
}

function fileFinding(
  code: 'image.not-downloaded' | 'image.cut' | 'image.length',
  at: OffsetRange,
  message: string,
): PlacedFinding {
  return { code, severity: FINDINGS[code].severity, part: 'image', at, message, path: [] };
}
