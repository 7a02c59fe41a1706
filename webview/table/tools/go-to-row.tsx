import type { RefObject } from 'preact';
import { useState } from 'preact/hooks';
import { formatCount } from '../../../engine/core/format.ts';
import { parseAddress } from '../../format.ts';
import { consumeKey } from '../../hooks.ts';
import type { TableModel } from '../state/table-model.ts';
import { summaryOf, type TableState, totalOf } from '../state/table-state.ts';

interface GoToRowProps {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly model: TableModel;
  readonly state: TableState;
}

/** Field that goes to a row by its index, or by its key where there are keys. */
export function GoToRow({ field, model, state }: GoToRowProps) {
  const [text, setText] = useState('');
  const [by, setBy] = useState<'index' | 'key'>('index');
  const hasKeys = summaryOf(state)?.hasKeys ?? false;
  const isByKey = hasKeys && by === 'key';
  const index = parseAddress(text);
  const total = totalOf(state);
  const error = isByKey || text.trim() === '' ? undefined : errorOf(index, total);
  return (
    <form
      class="go-to"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() === '' || error !== undefined) return;
        if (isByKey) model.goToKey(text.trim());
        else if (index !== undefined) model.goToIndex(index);
      }}
    >
      <label>
        <span>go to</span>
        {hasKeys && (
          <select
            aria-label="What to go to"
            value={by}
            onChange={(event) => setBy(event.currentTarget.value === 'key' ? 'key' : 'index')}
          >
            <option value="index">index</option>
            <option value="key">key</option>
          </select>
        )}
        <input
          ref={field}
          type="text"
          spellcheck={false}
          autocomplete="off"
          placeholder={isByKey ? 'key, or a part of it' : `0 … ${formatCount(Math.max(0, total - 1))}`}
          title={isByKey ? 'Enter goes to the next key that is or contains this text' : 'Enter goes to the row with this index'}
          aria-label={isByKey ? 'Key' : 'Index'}
          aria-invalid={error !== undefined}
          aria-describedby={error === undefined ? undefined : 'go-to-problem'}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            consumeKey(event);
            if (text === '') document.getElementById('table-grid')?.focus();
            setText('');
            model.stop();
          }}
        />
      </label>
      {error !== undefined && (
        <p id="go-to-problem" class="trouble" role="alert">
          {error}
        </p>
      )}
    </form>
  );
}

function errorOf(index: number | undefined, total: number): string | undefined {
  if (index === undefined) return 'Type an index, such as 416.';
  if (index < total) return undefined;
  return total === 0 ? 'There are no rows.' : `The last row is ${formatCount(total - 1)}.`;
}
