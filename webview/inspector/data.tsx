import { formatAddress, formatCount, formatCounted } from '../../engine/core/format.ts';
import type { EditorModel } from '../state/model.ts';
import type { StateBesideMap } from '../state/state.ts';

/** The data inspector: the numbers at the selected byte, and the selection with every codec that can decode it. */
export function Data({ model, state }: { readonly model: EditorModel; readonly state: StateBesideMap }) {
  const { result, error } = state.data;
  if (error !== undefined) return <p class="problem">{error}</p>;
  if (result === undefined) return null;
  const { range, numbers, decodings, pointer } = result;
  return (
    <details
      class="data"
      open={state.panes.isDataOpen}
      onToggle={(event) => model.arrange({ isDataOpen: event.currentTarget.open })}
    >
      <summary>
        Data at <span class="number">{formatAddress(range.start)}</span>
      </summary>
      {pointer !== undefined && (
        <p>
          Points to{' '}
          <button type="button" class="link" onClick={() => model.followPointer()}>
            {pointer.label}
          </button>
        </p>
      )}
      <table class="numbers">
        <thead>
          <tr>
            <th scope="col">type</th>
            <th scope="col">little-endian</th>
            <th scope="col">big-endian</th>
          </tr>
        </thead>
        <tbody>
          {numbers.map(({ type, little, big }) => (
            <tr key={type}>
              <th scope="row">{type}</th>
              <td>{inGroups(numberText(type, little))}</td>
              <td>{inGroups(numberText(type, big))}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {decodings.length > 0 && (
        <table class="decodings">
          <caption>{formatCounted(range.length, 'byte')} as</caption>
          <tbody>
            {decodings.map(({ codec, text }) => (
              <tr key={codec}>
                <th scope="row">{codec}</th>
                <td>{text === '' ? <span class="quiet">empty</span> : text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </details>
  );
}

/** Lets a long number break after a separator, rather than within a group. */
function inGroups(text: string) {
  return text.split(/(?<=,)/).map((group, index) => [index > 0 && <wbr key={index} />, group]);
}

/** Integers get separators. Numbers in floating point are as their codec writes them. */
function numberText(type: string, text: string): string {
  return type.startsWith('f') ? text : formatCount(text);
}
