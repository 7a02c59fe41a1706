/** Describes a cell of the map in words, for its tooltip and for screen readers. */
import { formatBytes } from '../../engine/core/format.ts';
import type { FindingRow, MapResult, ScanSummary } from '../../engine/views/protocol.ts';
import { USE_NAMES } from '../strip/usage.ts';
import type { Cell } from './cell.ts';
import { type Colouring, fillText, lastWriteText } from './colouring.ts';

/** Maximum parts of a cell that its description lists. */
const MAX_LISTED = 4;

/** Describes the parts of a cell: `3 events, live`, or with several `3 events: live 48 KiB, free 16 KiB`. */
export function partsText({ parts, main }: Cell): string {
  if (parts.length === 1) return `${main.owner.label}, ${USE_NAMES[main.use]}`;
  const largest = [...parts].sort((a, b) => b.bytes - a.bytes).slice(0, MAX_LISTED);
  const listed = parts.filter((part) => largest.includes(part));
  const texts = listed.map(({ owner, use, bytes }, index) => {
    const name = owner.part === listed[index - 1]?.owner.part ? '' : `${index === 0 ? '' : ' · '}${owner.label}: `;
    return `${name || ', '}${USE_NAMES[use]} ${formatBytes(Math.round(bytes))}`;
  });
  return texts.join('') + (parts.length > listed.length ? ' …' : '');
}

/** The facts about a cell besides its parts. */
export interface CellFacts {
  readonly colouring: Colouring;
  readonly step: number | undefined;
  readonly writes: MapResult['lastWrites'];
  readonly isFaulty: boolean;
  readonly isChanged: boolean;
}

/** Returns further lines about a cell: what its colour stands for, and what its marks mean. */
export function factsOf(cell: Cell, { colouring, step, writes, isFaulty, isChanged }: CellFacts): readonly string[] {
  const lastWrite = lastWriteText(cell.lastWrite, step, writes);
  return [
    colouring === 'kind' ? cell.main.owner.kind.name : undefined,
    colouring === 'fill' ? (fillText(cell) ?? 'not counted yet') : undefined,
    colouring === 'age' && lastWrite !== undefined ? `last write: ${lastWrite}` : undefined,
    isFaulty ? 'has a finding' : undefined,
    isChanged ? 'changed by this step' : undefined,
  ].filter((line) => line !== undefined);
}

/** Returns the findings that touch a range of the image, the most severe first. */
export function findingsIn(scan: ScanSummary | undefined, start: number, length: number): readonly FindingRow[] {
  return (scan?.findings ?? []).filter(
    ({ at }) => at !== undefined && at.start < start + length && start < at.start + Math.max(1, at.length),
  );
}
