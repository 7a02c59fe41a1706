import { at } from '../../core/memory/memory.ts';
import { readStored } from '../../core/structure.ts';
import type { ImageOwner } from '../../snapshot/owners.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { decodeInteger } from '../../values/codecs/integers.ts';

/** Maximum bytes of a field that is read: longer ones are no numbers. */
const MAX_BYTES = 32;

/** The bytes of a field, and the number that they are. */
export interface FieldNumber {
  readonly bytes: Uint8Array;
  readonly value: bigint;
  readonly isBigEndian: boolean;
}

/** Returns the number in a field; undefined where it is too long for one. */
export function fieldNumber(snapshot: Snapshot, field: ImageOwner): FieldNumber | undefined {
  if (field.address === undefined || field.size > MAX_BYTES || field.size === 0) return undefined;
  const isBigEndian = isBigEndianAt(snapshot, field);
  // The fields of a manager's pages are in the image itself.
  const memory = field.space?.memory ?? snapshot.memory;
  const spans = field.spans ?? [{ start: at(0, field.address), length: field.size }];
  const bytes = readStored({ memory, spans, size: field.size });
  const value = decodeInteger(bytes, { signed: false, order: isBigEndian ? 'big' : 'little' });
  return { bytes, value, isBigEndian };
}

/** Returns whether the structure around a field writes its numbers in big-endian order. */
function isBigEndianAt(snapshot: Snapshot, { space }: ImageOwner): boolean {
  const placed = space === undefined ? undefined : snapshot.places.structureIn(space);
  return placed?.structure.facts['byteOrder'] === 'big-endian';
}
