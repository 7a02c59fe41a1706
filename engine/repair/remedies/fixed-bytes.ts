import { FINDINGS, type FindingCode } from '../../core/findings.ts';
import { at } from '../../core/memory/memory.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { type Case, first, only, type Proposal, type Remedy, refused } from '../remedy.ts';

/** Fields with one possible value: magics, as texts, and versions. */
const SINGLE: Partial<Record<FindingCode, string | readonly number[]>> = {
  'btree.bad-magic': 'BTR',
  'btree.node-bad-magic': 'BTN',
  'btree.overflow-bad-magic': 'NOF',
  'alloc.bad-magic': 'BTA',
  'alloc.bad-version': [1],
  'vec.bad-magic': 'SVC',
  'vec.bad-version': [1],
  'heap.bad-magic': 'SMH',
  'heap.bad-version': [1],
  'cell.bad-magic': 'SCL',
  'cell.bad-version': [1],
  'log.index-bad-magic': 'GLI',
  'log.data-bad-magic': 'GLD',
  'log.bad-version': [1],
  'mm.bad-magic': 'MGR',
  'region.bad-magic': 'MOREGION',
  'region.bad-version': [2, 0, 0, 0],
  'buffer.bad-version': [0],
  'queue.bad-version': [0],
};

/** Fields of one byte with several possible values. */
const SEVERAL: Partial<Record<FindingCode, readonly number[]>> = {
  'btree.bad-version': [2, 1],
  'btree.node-bad-version': [2, 1],
  'btree.node-bad-type': [0, 1],
  'memory-btree.bad-version': [0, 1],
};

/** Restores a field that can have only one value, or one of a few. The finding covers exactly the field. */
export const restoreField: Remedy = ({ finding, snapshot }: Case) => {
  const single = SINGLE[finding.code];
  const bytes = typeof single === 'string' ? [...single].map((letter) => letter.charCodeAt(0)) : single;
  if (bytes !== undefined && bytes.length === finding.at.length) {
    const shown = typeof single === 'string' ? `the magic "${single}"` : `version ${bytes[0]}`;
    return first(bytesAt(snapshot, finding.at.start, Uint8Array.from(bytes), `Restored ${shown}.`));
  }
  const several = SEVERAL[finding.code];
  if (several !== undefined && finding.at.length === 1)
    return only(several.map((byte) => bytesAt(snapshot, finding.at.start, Uint8Array.of(byte), `Restored the value ${byte}.`)));
  return refused('The damaged bytes are not only those of a field with a known value.');
};

/** Restores bytes that the check knows, because other bytes prove them. */
export const restoreRight: Remedy = ({ finding, snapshot }) => {
  const { right, at: there } = finding;
  if (right === undefined) return refused(`Nothing else shows what was there. ${FINDINGS[finding.code].remedy}`);
  if (right.length !== there.length) return refused('The field is split between two buckets.');
  return first(
    bytesAt(snapshot, there.start, right, 'Restored the field: the bytes that lead to it, or that it counts, show its value.'),
  );
};

/** Returns a proposal that writes bytes at an offset of the image. */
export function bytesAt({ memory }: Snapshot, offset: number, bytes: Uint8Array, what: string): Proposal {
  return { what, writes: [{ memory, at: at(0, offset), bytes }] };
}
