import { useEffect, useRef, useState } from 'preact/hooks';
import { consumeKey } from '../../hooks.ts';
import { useOneTabStop } from '../../keyboard/one-tab-stop.ts';
import type { TableModel } from '../state/table-model.ts';
import { summaryOf, type TableState } from '../state/table-state.ts';

interface ColumnChoiceProps {
  readonly model: TableModel;
  readonly state: TableState;
}

/** Button with the list of all columns, in which they are shown and hidden. */
export function ColumnChoice({ model, state }: ColumnChoiceProps) {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLFieldSetElement>(null);
  const keys = useOneTabStop(list);
  const columns = summaryOf(state)?.columns ?? [];
  const { shown } = state.arrangement;
  useEffect(() => {
    if (!isOpen) return undefined;
    const onPointerDown = ({ target }: PointerEvent) => {
      if (target instanceof Node && root.current?.contains(target) !== true) setOpen(false);
    };
    document.addEventListener('pointerdown', onPointerDown);
    return () => document.removeEventListener('pointerdown', onPointerDown);
  }, [isOpen]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes the list, wherever in it the focus is, and so does leaving it.
    <div
      class="column-choice"
      ref={root}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !isOpen) return;
        consumeKey(event);
        setOpen(false);
        button.current?.focus();
      }}
      onFocusOut={({ relatedTarget }) => {
        // Tab leads on to what the list covers.
        if (relatedTarget instanceof Node && root.current?.contains(relatedTarget) !== true) setOpen(false);
      }}
    >
      <button type="button" class="tool" ref={button} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        Columns
      </button>
      {isOpen && (
        <fieldset class="column-list" aria-label="Columns" ref={list} {...keys}>
          {columns.map(({ id, label, about, isShown }) => (
            <label key={id} title={about}>
              <input
                type="checkbox"
                checked={shown[id] ?? isShown}
                // The index is what a row is called.
                disabled={id === 'index'}
                onChange={(event) => model.showColumn(id, event.currentTarget.checked)}
              />
              <span>{nameOf(id, label)}</span>
            </label>
          ))}
        </fieldset>
      )}
    </div>
  );
}

function nameOf(id: string, label: string): string {
  if (id === 'index') return 'index';
  return id.endsWith('.*') ? `${id.slice(0, -2)}, other fields` : label;
}
