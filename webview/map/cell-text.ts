/** Describes a cell of the map in words, for its tooltip and for screen readers. */
import { cut, formatBytes } from '../../engine/core/format.ts';
import type { ByteField } from '../../engine/views/bytes/calls.ts';
import type { FindingRow, MapResult, ScanSummary } from '../../engine/views/protocol.ts';
import { describeField } from '../bytes/rows.ts';
import { USE_NAMES } from '../strip/usage.ts';
import type { Cell } from './cell.ts';
import { type Colouring, fillText, lastWriteText } from './colouring.ts';

/** Maximum parts of a cell that its description lists. */
const MAX_LISTED = 4;
/** Maximum characters of a field in a tooltip. */
const MAX_FIELD_TEXT = 72;

/** Describes the parts of a cell: `3 events, live`, or with several `3 events: live 48 KiB, free 16 KiB`. */
export function partsText({ parts, main }: Cell): string {
  if (parts.length === 1) {
    const use = USE_NAMES[main.use];
    return use === main.owner.label ? use : `${main.owner.label}, ${use}`;
  }
  const largest = [...parts].sort((a, b) => b.bytes - a.bytes).slice(0, MAX_LISTED);
  const listed = parts.filter((part) => largest.includes(part));
  const texts = listed.map(({ owner, use, bytes }, index) => {
    const name = owner.part === listed[index - 1]?.owner.part ? '' : `${index === 0 ? '' : ' · '}${owner.label}: `;
    return `${name || ', '}${USE_NAMES[use]} ${formatBytes(Math.round(bytes))}`;
  });
  return texts.join('') + (parts.length > listed.length ? ' …' : '');
}

/** Maximum fields of a cell that its tooltip lists. */
const MAX_FIELDS = 3;

/** Returns the decoded fields at the beginning of a cell, one a line: `value 4 = {"i": 4} · cbor`. Bytes that nothing reads have none. */
export function fieldLines(fields: readonly ByteField[]): readonly string[] {
  const decoded = fields.filter(({ text }) => text !== undefined).map((field) => cut(describeField(field), MAX_FIELD_TEXT));
  return decoded.length > MAX_FIELDS ? [...decoded.slice(0, MAX_FIELDS), '…'] : decoded;
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
