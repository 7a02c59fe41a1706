import type { Budget } from '../../core/budget.ts';
import { formatBytes } from '../../core/format.ts';
import { type Element, readStored } from '../../core/structure.ts';
import { type Role, storedBytesOf } from '../../snapshot/decoding.ts';
import type { PlacedStructure } from '../../snapshot/placed.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { decodeBeginning, decodeSide } from '../entries.ts';

/** Maximum bytes that are decoded for one line. */
const LINE_BYTES = 4_096;

/** A key or value, decoded as far as one line shows it. */
export interface LineValue {
  readonly text: string;
  readonly codec: string;
  readonly guessed: boolean;
}

/** Decodes an element's key or value for one line: of a long one only the beginning. */
export function decodeForLine(
  snapshot: Snapshot,
  placed: PlacedStructure,
  element: Omit<Element, 'index'>,
  role: Role,
  budget: Budget,
): LineValue {
  const stored = storedBytesOf(element, role);
  const large = stored !== undefined && stored.size > LINE_BYTES;
  if (large && (element.described === undefined || snapshot.decoding.chosen(placed, role) !== undefined)) {
    const begun = decodeBeginning(snapshot, placed, role, readStored(stored, LINE_BYTES), stored.size, budget);
    const { guessed } = snapshot.decoding.codec(placed, role, budget);
    return { text: begun?.text ?? `${formatBytes(stored.size)} of bytes`, codec: begun?.codec ?? 'bytes', guessed };
  }
  const bytes = stored === undefined || large ? new Uint8Array(0) : readStored(stored);
  return decodeSide(snapshot, placed, element, role, bytes, budget);
}
