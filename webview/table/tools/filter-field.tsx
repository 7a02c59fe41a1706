import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { consumeKey } from '../../hooks.ts';
import type { TableModel } from '../state/table-model.ts';
import { summaryOf, type TableState } from '../state/table-state.ts';

interface FilterFieldProps {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly model: TableModel;
  readonly state: TableState;
}

/** Field for the expression of a filter. A wrong one is explained, with the place where it is wrong. */
export function FilterField({ field, model, state }: FilterFieldProps) {
  const expression = state.filter?.expression ?? '';
  const [text, setText] = useState(expression);
  const { problem } = state;
  // A filter that was restored, or ended by a jump.
  useEffect(() => setText(expression), [expression]);
  return (
    <form
      class="filter"
      onSubmit={(event) => {
        event.preventDefault();
        model.setFilter(text);
      }}
    >
      <label>
        <span>filter</span>
        <input
          ref={field}
          type="text"
          spellcheck={false}
          autocomplete="off"
          placeholder={exampleOf(state)}
          title="An expression over key, value and their fields, with == != < <= > >= contains && || ! ( ). Enter lists the rows for which it holds."
          aria-invalid={problem !== undefined}
          aria-describedby={problem === undefined ? undefined : 'filter-problem'}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            consumeKey(event);
            if (text === '') document.getElementById('table-grid')?.focus();
            setText('');
            model.setFilter('');
          }}
        />
      </label>
      {problem !== undefined && (
        <p id="filter-problem" class="trouble" role="alert">
          {problem.start === undefined ? problem.text : `${problem.text.replace(/\.$/, '')}, at character ${problem.start + 1}.`}
        </p>
      )}
    </form>
  );
}

/** Returns an expression that makes sense for these columns. */
function exampleOf(state: TableState): string {
  const columns = summaryOf(state)?.columns ?? [];
  const isField = (id: string): boolean => /^(key|value)\b/.test(id) && !id.endsWith('*') && !/Size$/.test(id);
  const fields = columns.filter(({ id, isShown }) => isShown && isField(id));
  const number = fields.find(({ isNumber, id }) => isNumber && id.startsWith('value')) ?? fields.find(({ isNumber }) => isNumber);
  const text = fields.find(({ isNumber }) => !isNumber);
  const parts = [number && `${number.label} > 30`, text && `${text.label} contains "bob"`];
  return `${parts.filter((part) => part !== undefined).join(' && ')}   Ctrl+F`.trimStart();
}
