import type { Report } from '../findings.ts';
import type { Detected } from './layout.ts';
import type { PlacedStructure } from './snapshot.ts';
import type { Space } from './space.ts';

/** A space that begins with a known magic which is not decoded. */
export interface Unread {
  readonly space: Space;
  readonly kind: string;
  readonly name: string;
  readonly magic: string;
}

export function findStructures(
  _detected: Detected,
  _report: Report,
): { structures: readonly PlacedStructure[]; unread: readonly Unread[] } {
  return { structures: [], unread: [] };
}
