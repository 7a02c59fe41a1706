import { formatAddress, formatCount, formatCounted } from '../../../engine/core/format.ts';
import type { EntryDetails, EntrySide } from '../../../engine/views/diff/calls.ts';
import type { SideName } from '../../../engine/views/diff/page.ts';
import { Marked } from '../entries/marked.tsx';
import { SIGNS } from '../signs.ts';
import type { CompareModel } from '../state/compare-model.ts';
import { type CompareState, rowCount, type Shown } from '../state/compare-state.ts';
import { HexRows } from './hex-rows.tsx';

interface DetailsProps {
  readonly model: CompareModel;
  readonly state: CompareState;
  readonly shown: Shown;
  /** Pixels. Undefined if it is as high as its content. */
  readonly height: number | undefined;
}

/** The chosen entry: its values and bytes on both sides, whole, with what changed marked. */
export function Details({ model, state, shown, height }: DetailsProps) {
  const { details } = state;
  return (
    <section
      class="details"
      data-pane
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls must be reachable with the keyboard.
      tabIndex={0}
      aria-label="The chosen entry"
      style={height === undefined ? {} : { height: `${height}px` }}
    >
      {details === undefined ? (
        <p class="quiet">
          {rowCount(state) === 0 ? 'An entry that differs is shown here with all its bytes.' : 'Reading the entry…'}
        </p>
      ) : (
        <>
          <h2>
            <span class={`sign ${details.change}`} aria-hidden="true">
              {SIGNS[details.change]}
            </span>
            <span class="announcement">{details.change}: </span>
            <span class="key">{details.name}</span>
            {details.keyCodec !== undefined && <small> {details.keyCodec}</small>}
          </h2>
          <Parts details={details} />
          <div class="both">
            {(['before', 'after'] as const).map((side) => (
              <Side
                key={side}
                name={side}
                side={details[side]}
                onShow={shown.places[side].hasEditor ? () => model.showBytes(side) : undefined}
              />
            ))}
          </div>
        </>
      )}
    </section>
  );
}

/** The parts of a value that differ, where its encoding has parts. */
function Parts({ details: { parts } }: { readonly details: EntryDetails }) {
  if (parts.length === 0) return null;
  return (
    <table class="parts">
      <thead class="announcement">
        <tr>
          <th scope="col">Part</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {parts.map(({ part, before, after }) => (
          <tr key={part}>
            <th scope="row">{part}</th>
            <td>{before === undefined ? <span class="quiet">none</span> : <del>{before}</del>}</td>
            <td>{after === undefined ? <span class="quiet">none</span> : <ins>{after}</ins>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface SideProps {
  readonly name: SideName;
  readonly side: EntrySide | undefined;
  /** Shows its bytes in an editor. Undefined if there is none. */
  readonly onShow: (() => void) | undefined;
}

function Side({ name, side, onShow }: SideProps) {
  if (side === undefined)
    return (
      <div class="side-of-entry">
        <h3>{name}</h3>
        <p class="quiet">{name === 'before' ? 'It was not there.' : 'It is not there any more.'}</p>
      </div>
    );
  const { bytes, value, codec, path, index, at } = side;
  return (
    <div class="side-of-entry">
      <h3>
        {name} <small>{path.join(' › ')}</small>
      </h3>
      {value !== undefined && (
        <pre class="whole-value">{value.text === '' ? <i class="quiet">(empty)</i> : <Marked value={value} side={name} />}</pre>
      )}
      {bytes !== undefined && <HexRows bytes={bytes} side={name} />}
      <p class="quiet">
        index {formatCount(index)}
        {bytes !== undefined && ` · ${formatCounted(bytes.size, 'byte')} at ${formatAddress(bytes.address)}`}
        {codec !== undefined && ` · ${codec}`}
        {at !== undefined && onShow !== undefined && (
          <>
            {' · '}
            <button type="button" class="link" onClick={onShow}>
              Show in editor
            </button>
          </>
        )}
      </p>
    </div>
  );
}
