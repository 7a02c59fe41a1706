import { at, byteLength, PAGE_SIZE, readBytes } from '../../core/memory/memory.ts';
import type { StructureKind } from '../../core/structure-kinds.ts';
import { STRUCTURE_NAMES } from '../../core/structure-kinds.ts';
import { HEADER_OF, type Recognised, recognise } from '../../rust/recognise.ts';
import { labelFor } from '../labels.ts';
import type { Snapshot } from '../snapshot.ts';
import { nameOfSpace, type Space } from '../space.ts';
import { OPENING, STORED_NAMES } from './opening.ts';
import type { ReportFinding } from './report-finding.ts';

/** Reports a memory whose label names another structure than its header: opening it as labelled can erase it. */
export function checkLabel(snapshot: Snapshot, space: Space, report: ReportFinding): void {
  const { memory, part } = space;
  const wanted = labelFor(snapshot.labels, part)?.structure;
  if (wanted === undefined || memory.pages === 0 || WITHOUT_HEADER.has(wanted)) return;
  const [header] = recognise(memory);
  if (header === undefined ? isBlank(space) : !header.whole || isOf(header, wanted)) return;
  const there = header === undefined ? 'no such header' : `the header of a ${STORED_NAMES[header.kind]}`;
  const opening = HEADER_OF[wanted];
  const outcome = opening === undefined ? '' : ` ${OPENING[opening]}.`;
  const message = `The labels say that ${nameOfSpace(space)} holds a ${STRUCTURE_NAMES[wanted]}, but ${there} is at its start.${outcome}`;
  report('memory.not-as-labelled', part, memory, { start: at(0, 0), length: 4 }, message);
}

/** Layouts that have no header. */
const WITHOUT_HEADER: ReadonlySet<StructureKind> = new Set(['value-log', 'indexed-log', 'records', 'ring']);

function isOf({ kind }: Recognised, wanted: StructureKind): boolean {
  return kind === HEADER_OF[wanted] || (kind === 'log-data' && wanted === 'log');
}

/** Returns whether the first page is all zeros: such a memory has nothing to lose. */
function isBlank({ memory }: Space): boolean {
  return readBytes(memory, at(0, 0), Math.min(PAGE_SIZE, byteLength(memory))).every((byte) => byte === 0);
}
