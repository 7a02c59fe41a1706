import { useRef } from 'preact/hooks';
import { formatCount, formatCounted } from '../../../engine/core/format.ts';
import type { ComparedRow, StructureSide } from '../../../engine/views/diff/calls.ts';
import { useOneTabStop } from '../../keyboard/one-tab-stop.ts';
import { CHANGE_KINDS } from '../signs.ts';
import type { CompareModel } from '../state/compare-model.ts';
import { type CompareState, shownOf, structuresOf } from '../state/compare-state.ts';
import { Bars } from './bars.tsx';

interface StructureListProps {
  readonly model: CompareModel;
  readonly state: CompareState;
}

/** The structures of both sides, before and after, with bars of what changed in them. One of them is chosen. */
export function StructureList({ model, state }: StructureListProps) {
  const list = useRef<HTMLDivElement>(null);
  const keys = useOneTabStop(list);
  const rows = structuresOf(state);
  const more = shownOf(state)?.summary.structures.more ?? 0;
  return (
    <>
      <div class="heads structure-row" aria-hidden="true">
        <span />
        <span>Structure</span>
        <span class="right">Before</span>
        <span class="right">After</span>
        <span class="right">Added</span>
        <span class="right">Gone</span>
        <span class="right">Changed</span>
        <span />
      </div>
      {rows.length === 0 && <p class="none quiet">No structure is known on either side.</p>}
      <div class="structures" role="radiogroup" aria-label="Structures" ref={list} {...keys}>
        {rows.map((row) => (
          <Row key={row.index} row={row} isChosen={row.index === state.structure} onChoose={() => model.choose(row.index)} />
        ))}
      </div>
      {more > 0 && <p class="none quiet">{formatCounted(more, 'other structure')}: “stable-memory diff” lists all.</p>}
    </>
  );
}

interface RowProps {
  readonly row: ComparedRow;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

function Row({ row, isChosen, onChoose }: RowProps) {
  const isSame = row.change === 'none' && row.incomplete === undefined;
  const [sign, word] = markOf(row);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a row of figures is one choice.
    <button
      type="button"
      role="radio"
      aria-checked={isChosen}
      class={`structure-row${isChosen ? ' chosen' : ''}${isSame ? ' same' : ''}`}
      {...(isChosen ? { 'data-pane': 'first' } : {})}
      title={row.incomplete ?? row.part}
      aria-label={labelOf(row, word)}
      onClick={onChoose}
    >
      <span class={`sign ${row.isReplaced ? 'removed' : row.change}`}>{sign}</span>
      <span class="name">
        {row.name} <span class="quiet">{kindOf(row)}</span>
      </span>
      <Side side={row.before} />
      <Side side={row.after} />
      {CHANGE_KINDS.map((kind) => (
        <span key={kind} class={`right number ${row[kind] > 0 ? kind : 'quiet'}`}>
          {isSame ? '' : formatCount(row[kind])}
        </span>
      ))}
      {isSame ? <span class="quiet">same</span> : <Bars row={row} />}
    </button>
  );
}

/** The number of elements on a side. */
function Side({ side }: { readonly side: StructureSide | undefined }) {
  if (side === undefined) return <span class="right quiet">–</span>;
  return <span class="right number">{side.length === undefined ? '…' : formatCount(side.length)}</span>;
}

/** Returns the kind of a structure. An empty set looks like a map, so that it can change. */
function kindOf({ before, after }: ComparedRow): string {
  if (before === undefined || after === undefined || before.kind === after.kind) return (after ?? before)?.kind ?? '';
  return `${before.kind} → ${after.kind}`;
}

/** Returns the sign before a row, and its word. */
function markOf({ change, isReplaced, incomplete }: ComparedRow): readonly [sign: string, word: string] {
  if (isReplaced) return ['!', 'another kind'];
  if (incomplete !== undefined) return ['?', 'not compared completely'];
  switch (change) {
    case 'added':
      return ['+', 'new'];
    case 'removed':
      return ['−', 'gone'];
    case 'changed':
      return ['~', 'changed'];
    case 'none':
      return ['', 'same'];
  }
}

function labelOf(row: ComparedRow, word: string): string {
  const side = (one: StructureSide | undefined, [noun, nouns]: ComparedRow['nouns']): string =>
    one === undefined
      ? 'nothing'
      : `${one.kind}${one.length === undefined ? '' : ` of ${formatCounted(Number(one.length), noun, nouns)}`}`;
  const figures = CHANGE_KINDS.filter((kind) => row[kind] > 0).map((kind) => `${formatCount(row[kind])} ${kind}`);
  return [`${row.name}: ${word}`, `before ${side(row.before, row.nouns)}, after ${side(row.after, row.nouns)}`, ...figures].join(
    '. ',
  );
}
