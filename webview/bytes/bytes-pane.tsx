import { useEffect, useRef } from 'preact/hooks';
import { formatAddress, formatCount } from '../../engine/core/format.ts';
import { besideMap } from '../beside-map.tsx';
import { consumeKey } from '../hooks.ts';
import { Chevron } from '../icons.tsx';
import type { Look } from '../look.ts';
import type { EditorModel } from '../state/model.ts';
import type { StateBesideMap } from '../state/state.ts';
import { GoTo } from './go-to.tsx';
import { Grid } from './grid.tsx';
import { Navigation } from './navigation.tsx';
import { bytesView } from './view.ts';

interface BytesPaneProps {
  readonly model: EditorModel;
  readonly state: StateBesideMap;
  readonly look: Look;
  readonly height: number;
}

/** The bytes of the image, or of the memory that has the selected byte, sixteen per row. A click on a byte explains it. */
export const BytesPane = besideMap(function BytesPane({ model, state, look, height }: BytesPaneProps) {
  const goTo = useRef<HTMLInputElement>(null);
  const { panes, selection } = state;
  const view = bytesView(state);
  const isOpen = panes.areBytesOpen;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'g') return;
      consumeKey(event);
      model.arrange({ areBytesOpen: true });
      goTo.current?.focus();
    };
    document.body.addEventListener('keydown', onKeyDown);
    return () => document.body.removeEventListener('keydown', onKeyDown);
  }, [model]);
  const address = selection === undefined ? undefined : view.addressOf(selection.cursor);
  const from = selection === undefined ? undefined : view.addressOf(selection.range.start);
  return (
    <section class="bytes" aria-label="Bytes" style={isOpen ? { height: `${height}px` } : {}}>
      <div class="bytes-top">
        <button
          type="button"
          class="icon"
          aria-expanded={isOpen}
          aria-label={isOpen ? 'Close the bytes' : 'Open the bytes'}
          title={isOpen ? 'Close the bytes' : 'Open the bytes'}
          onClick={() => model.arrange({ areBytesOpen: !isOpen })}
        >
          <Chevron direction={isOpen ? 'down' : 'up'} />
        </button>
        <span class="bytes-title">
          Bytes of
          <Addresses model={model} state={state} />
          {selection !== undefined && (
            <span class="bytes-place">
              {address !== undefined && <span class="number">{formatAddress(address)}</span>}
              {`${address === undefined ? '' : ' · '}${formatCount(selection.range.length)} selected`}
              {from !== undefined && from !== address && ` from ${formatAddress(from)}`}
            </span>
          )}
        </span>
        <Navigation model={model} state={state} />
        <GoTo
          field={goTo}
          name={view.name}
          size={view.size}
          onGo={(to) => {
            const offset = view.offsetOf(to);
            if (offset !== undefined) model.select(offset);
          }}
        />
      </div>
      {isOpen && <Grid model={model} state={state} look={look} />}
    </section>
  );
});

/** Chooses the addresses of the bytes: those of the image, or of the memory or region that the selected byte is in. */
function Addresses({ model, state }: { readonly model: EditorModel; readonly state: StateBesideMap }) {
  const space = state.explanation.result?.space;
  const shown = bytesView(state);
  return (
    <select
      class="addresses-of"
      aria-label="Addresses of the bytes"
      title="Addresses and order of the bytes: those of the image, or of the memory that has the selected byte"
      value={state.panes.addresses}
      onChange={(event) => model.arrange({ addresses: event.currentTarget.value === 'space' ? 'space' : 'image' })}
    >
      <option value="image">the image</option>
      <option value="space">{shown.part === undefined ? (space?.name ?? 'the selected memory') : shown.name}</option>
    </select>
  );
}
