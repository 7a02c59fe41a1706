import { useEffect, useRef } from 'preact/hooks';
import { formatCount } from '../../engine/core/format.ts';
import { consumeKey, useLook, useModelState } from '../hooks.ts';
import { Grid } from './grid/grid.tsx';
import { statusOf } from './state/status.ts';
import type { TableModel } from './state/table-model.ts';
import { rowCount, summaryOf, type TableState } from './state/table-state.ts';
import { ColumnChoice } from './tools/column-choice.tsx';
import { FilterField } from './tools/filter-field.tsx';
import { GoToRow } from './tools/go-to-row.tsx';

/** The whole table: its title and tools, the rows, and what is said of them. */
export function Table({ model }: { readonly model: TableModel }) {
  const state = useModelState(model);
  const look = useLook();
  const { stage } = state;
  return (
    <main class="table">
      {stage.kind === 'waiting' && (
        <p class="empty quiet" role="status">
          Reading the structure…
        </p>
      )}
      {stage.kind === 'error' && (
        <div class="empty" role="alert">
          <h1>The table cannot be shown</h1>
          <p>{stage.text}</p>
        </div>
      )}
      {stage.kind === 'shown' && (
        <>
          <Tools model={model} state={state} />
          {state.stale !== undefined && (
            <p class="problem" role="alert">
              {state.stale}
            </p>
          )}
          {state.error !== undefined && (
            <p class="problem" role="alert">
              {state.error}
            </p>
          )}
          <Grid model={model} state={state} look={look} />
          {rowCount(state) === 0 && <NoRows state={state} />}
          <StatusLine model={model} state={state} />
        </>
      )}
      <div class="announcement" aria-live="polite">
        {state.announcement}
      </div>
    </main>
  );
}

interface PartProps {
  readonly model: TableModel;
  readonly state: TableState;
}

function Tools({ model, state }: PartProps) {
  const filter = useRef<HTMLInputElement>(null);
  const goTo = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
      const field = { f: filter, g: goTo }[event.key.toLowerCase()];
      if (field === undefined) return;
      consumeKey(event);
      field.current?.select();
      field.current?.focus();
    };
    document.body.addEventListener('keydown', onKeyDown);
    return () => document.body.removeEventListener('keydown', onKeyDown);
  }, []);
  return (
    <header>
      <h1>{summaryOf(state)?.title}</h1>
      <div class="tools">
        <FilterField field={filter} model={model} state={state} />
        <GoToRow field={goTo} model={model} state={state} />
        <ColumnChoice model={model} state={state} />
      </div>
    </header>
  );
}

function NoRows({ state }: { readonly state: TableState }) {
  const { nouns = ['entry', 'entries'] } = summaryOf(state) ?? {};
  const { filter, isWhole } = state;
  const text =
    filter === undefined
      ? isWhole
        ? `This structure has no ${nouns[1]}.`
        : `Looking for the first ${nouns[0]}…`
      : filter.end === undefined
        ? `No ${nouns[0]} matches so far.`
        : `No ${nouns[0]} matches the filter.`;
  return <p class="no-rows quiet">{text}</p>;
}

function StatusLine({ model, state }: PartProps) {
  const { filter, jump, sort, sorted, note } = state;
  const isBusy =
    (filter !== undefined && filter.end === undefined) || jump !== undefined || (sort !== undefined && sorted === undefined);
  return (
    <footer>
      <p class="status">
        {statusOf(state).join(' ')}
        {jump !== undefined && ` Looking for ${jump.text}: ${formatCount(jump.searched)} looked at.`}
        {note !== undefined && <span class="note"> {note}</span>}
      </p>
      {isBusy && (
        <button type="button" class="tool" onClick={() => model.stop()}>
          Stop
        </button>
      )}
    </footer>
  );
}
