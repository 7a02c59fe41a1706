import { useRef } from 'preact/hooks';
import { formatCount } from '../../../engine/core/format.ts';
import type { ChangeKind, ComparedRow } from '../../../engine/views/diff/calls.ts';
import { Chevron } from '../../icons.tsx';
import { useOneTabStop } from '../../keyboard/one-tab-stop.ts';
import { CHANGE_KINDS, SIGNS } from '../signs.ts';
import type { CompareModel } from '../state/compare-model.ts';
import { type CompareState, differencesOf, structureOf } from '../state/compare-state.ts';

interface EntryToolsProps {
  readonly model: CompareModel;
  readonly state: CompareState;
}

/** The name of the chosen structure, the kinds of change that are listed, and the way to the next difference. */
export function EntryTools({ model, state }: EntryToolsProps) {
  const group = useRef<HTMLDivElement>(null);
  const keys = useOneTabStop(group);
  const row = structureOf(state);
  if (row === undefined) return null;
  return (
    <div class="tools">
      <h2>{row.name}</h2>
      <div class="chips" role="radiogroup" aria-label="Changes that are listed" ref={group} {...keys}>
        {([undefined, ...CHANGE_KINDS] as const).map((kind) => (
          <Chip key={kind ?? 'all'} kind={kind} row={row} isChosen={state.only === kind} onChoose={() => model.filter(kind)} />
        ))}
      </div>
      <span class="moves">
        {([-1, 1] as const).map((by) => (
          <button
            key={by}
            type="button"
            class="icon"
            title={by < 0 ? 'Previous difference (Shift+F7)' : 'Next difference (F7)'}
            aria-label={by < 0 ? 'Previous difference' : 'Next difference'}
            onClick={() => model.goToDifference(by)}
          >
            <Chevron direction={by < 0 ? 'up' : 'down'} />
          </button>
        ))}
      </span>
    </div>
  );
}

interface ChipProps {
  readonly kind: ChangeKind | undefined;
  readonly row: ComparedRow;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

function Chip({ kind, row, isChosen, onChoose }: ChipProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: its look is that of a button.
    <button type="button" role="radio" aria-checked={isChosen} class="chip" onClick={onChoose}>
      {kind !== undefined && (
        <span class={`sign ${kind}`} aria-hidden="true">
          {SIGNS[kind]}
        </span>
      )}
      {kind === 'removed' ? 'gone' : (kind ?? 'all')} <span class="number">{formatCount(differencesOf(row, kind))}</span>
    </button>
  );
}
