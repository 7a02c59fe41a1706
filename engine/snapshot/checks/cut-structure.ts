import { FINDINGS, type FindingCode } from '../../core/findings.ts';
import { formatCounted } from '../../core/format.ts';
import { offsetAt, PAGE_SIZE } from '../../core/memory/memory.ts';
import type { PlacedFinding } from '../placed.ts';
import type { Snapshot } from '../snapshot.ts';
import type { ProvenCause } from './proven-cause.ts';

/** Codes of pointers that lead out of a memory, as they do where it ends too early. */
const OUTSIDE: ReadonlySet<FindingCode> = new Set<FindingCode>(['btree.address-outside', 'alloc.address-outside']);
/** Codes of findings that prove changed bytes. */
const CHANGED: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'btree.bad-magic',
  'btree.node-bad-magic',
  'btree.overflow-bad-magic',
  'alloc.bad-magic',
  'alloc.chunk-bad-magic',
  'btree.not-a-chunk',
]);

/**
 * Finds a map without a manager at the end of a file that was cut between two pages. Its number of pages is stored nowhere, but
 * both its tree and its free list, whose last chunk is the highest, lead beyond the end.
 */
export function findCutStructures(snapshot: Snapshot, findings: readonly PlacedFinding[]): readonly ProvenCause[] {
  const { areas, bytes, structures } = snapshot;
  const last = areas.at(-1);
  if (last?.kind !== 'plain') return [];
  const part = structures.find(({ space }) => space === last.space)?.part;
  const own = findings.filter((finding) => finding.part === part && finding.severity !== 'information');
  const outside = own.filter(({ code }) => OUTSIDE.has(code));
  if (new Set(outside.map(({ code }) => code)).size < OUTSIDE.size || own.some(({ code }) => CHANGED.has(code))) return [];
  const message = `The file ends after ${formatCounted(bytes / PAGE_SIZE, 'page')}, and ${formatCounted(outside.length, 'pointer')} of ${part} lead beyond it: it was cut.`;
  const at = { start: offsetAt(0, bytes - PAGE_SIZE), length: PAGE_SIZE };
  const finding = { code: 'image.cut', severity: FINDINGS['image.cut'].severity, part: 'image', at, message, path: [] } as const;
  return [{ finding, explains: own }];
}
