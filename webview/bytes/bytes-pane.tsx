import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { formatAddress, formatCount } from '../../engine/core/format.ts';
import type { ByteRange } from '../../engine/views/protocol.ts';
import { consumeKey, useSize, wheelPixels } from '../hooks.ts';
import { Chevron } from '../icons.tsx';
import type { Look } from '../look.ts';
import type { EditorModel } from '../state/model.ts';
import { type EditorState, imageOf } from '../state/state.ts';
import { GoTo } from './go-to.tsx';
import { menuContext } from './menu-context.ts';
import { type ByteOnScreen, bytesScroll, characterOf, hasChanged, hexOf, ROW_BYTES, rowAt } from './rows.ts';
import { ScrollBar } from './scroll-bar.tsx';

interface BytesPaneProps {
  readonly model: EditorModel;
  readonly state: EditorState;
  readonly look: Look;
  readonly height: number;
}

/** The bytes of the image, sixteen per row. A click on a byte explains it. */
export function BytesPane({ model, state, look, height }: BytesPaneProps) {
  const goTo = useRef<HTMLInputElement>(null);
  const { panes, selection } = state;
  const size = imageOf(state)?.summary.bytes ?? 0;
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
          Bytes of the image
          {selection !== undefined && (
            <>
              {' · '}
              <span class="number">{formatAddress(selection.cursor)}</span>
              {` · ${formatCount(selection.range.length)} selected`}
            </>
          )}
        </span>
        <GoTo field={goTo} size={size} onGo={(offset) => model.select(offset)} />
      </div>
      {isOpen && <Grid model={model} state={state} look={look} size={size} />}
    </section>
  );
}

interface GridProps {
  readonly model: EditorModel;
  readonly state: EditorState;
  readonly look: Look;
  readonly size: number;
}

function Grid({ model, state, look, size }: GridProps) {
  const [view, viewSize] = useSize<HTMLDivElement>();
  const rowHeight = Math.round(look.editorFontSize * 1.45);
  const visibleRows = Math.max(1, (viewSize?.height ?? 0) / rowHeight);
  const { bytesTop, selection } = state;
  const { result, error } = state.bytes;
  const isChanged = (at: number) => hasChanged(result, state.bytesBefore, at);
  useLayoutEffect(() => {
    if (viewSize !== undefined && viewSize.height > 0) model.layOutBytes(visibleRows);
  }, [model, viewSize, visibleRows]);

  const scroll = bytesScroll(size, visibleRows, bytesTop);
  const firstRow = Math.floor(scroll.top);
  const offsets: number[] = [];
  for (let row = firstRow; row < Math.min(scroll.rows, scroll.top + visibleRows); row++) offsets.push(row * ROW_BYTES);
  const onKeyDown = (event: KeyboardEvent) => {
    const cursor = selection?.cursor ?? bytesTop;
    const moved = movedBy(event, cursor, size, Math.max(1, Math.floor(visibleRows) - 1) * ROW_BYTES);
    const isCommand = event.ctrlKey || event.metaKey;
    if (event.key === 'Enter') model.select(cursor);
    else if (isCommand && event.key.toLowerCase() === 'a') model.selectAll();
    else if (moved !== undefined && event.shiftKey) model.extendTo(moved);
    else if (moved !== undefined) model.select(moved, { range: { start: moved, length: 1 }, explain: 'soon' });
    else return;
    consumeKey(event);
  };
  /** The byte on which the pointer went down, and whether it has selected more than that byte since. */
  const drag = useRef({ from: -1, isOver: false });
  const onPointerDown = (event: PointerEvent) => {
    const from = event.button === 0 && !event.shiftKey ? (offsetAt(event) ?? -1) : -1;
    drag.current = { from, isOver: false };
  };
  const onPointerMove = (event: PointerEvent) => {
    const { from, isOver } = drag.current;
    const offset = offsetAt(event);
    const isHeld = event.buttons % 2 === 1;
    if (from === -1 || offset === undefined || !isHeld || (offset === from && !isOver)) return;
    drag.current = { from, isOver: true };
    model.extendTo(offset, from);
  };
  useEffect(() => {
    const onCopy = (event: ClipboardEvent) => {
      if (view.current === null || document.activeElement !== view.current) return;
      event.preventDefault();
      model.copy();
    };
    document.addEventListener('copy', onCopy);
    return () => document.removeEventListener('copy', onCopy);
  }, [model, view]);
  const digits = formatAddress(Math.max(0, size - 1)).length;
  const note = noteOf(state);
  return (
    <div class="bytes-body">
      {error !== undefined && (
        <p class="problem" role="alert">
          {error}
        </p>
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: a table cannot scroll over more rows than the browser can lay out. */}
      <div
        id="bytes-grid"
        class="bytes-grid"
        ref={view}
        role="grid"
        tabIndex={0}
        aria-label="Bytes in hex and as characters"
        aria-rowcount={scroll.rows}
        aria-colcount={ROW_BYTES}
        aria-activedescendant={selection === undefined ? undefined : `byte-${selection.cursor}`}
        style={{ '--row': `${rowHeight}px`, '--digits': `${digits}ch` }}
        onWheel={(event) => {
          event.preventDefault();
          model.scrollBytes(scroll.top + wheelPixels(event, rowHeight, viewSize?.height ?? 0) / rowHeight);
        }}
        onKeyDown={onKeyDown}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onClick={(event) => {
          const offset = offsetAt(event);
          // A drag that ends where it began is a click, too.
          if (offset === undefined || drag.current.isOver) return;
          if (event.shiftKey) model.extendTo(offset);
          else model.select(offset);
        }}
        onContextMenu={(event) => {
          event.currentTarget.dataset['vscodeContext'] = menuContext(state, offsetAt(event));
        }}
      >
        <div class="bytes-rows" role="presentation" style={{ transform: `translateY(${(firstRow - scroll.top) * rowHeight}px)` }}>
          {offsets.map((offset) => (
            <Row
              key={offset}
              offset={offset}
              bytes={rowAt(result, offset, size)}
              isChanged={isChanged}
              cursor={selection?.cursor}
              selected={selection?.range}
              note={note?.row === offset ? note.text : undefined}
            />
          ))}
        </div>
      </div>
      <ScrollBar label="Position in the bytes" scroll={scroll} onScroll={(row) => model.scrollBytes(row)} />
    </div>
  );
}

/** Returns the offset of the byte at an event. */
function offsetAt({ target }: Event): number | undefined {
  const offset = target instanceof HTMLElement ? target.dataset['offset'] : undefined;
  return offset === undefined ? undefined : Number(offset);
}

/** Returns the note at the row where the selection starts: its innermost owners. */
function noteOf({ selection, explanation }: EditorState): { readonly row: number; readonly text: string } | undefined {
  const { result } = explanation;
  if (selection === undefined || result === undefined || result.offset !== selection.cursor) return undefined;
  const text = result.crumbs
    .slice(-2)
    .map(({ label }) => label)
    .join(' › ');
  return { row: Math.floor(selection.cursor / ROW_BYTES) * ROW_BYTES, text };
}

function movedBy(event: KeyboardEvent, cursor: number, size: number, screen: number): number | undefined {
  const column = cursor % ROW_BYTES;
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -ROW_BYTES,
    ArrowDown: ROW_BYTES,
    PageUp: -screen,
    PageDown: screen,
    Home: event.ctrlKey ? -cursor : -column,
    End: event.ctrlKey ? size : ROW_BYTES - 1 - column,
  };
  const step = steps[event.key];
  return step === undefined ? undefined : Math.min(Math.max(0, cursor + step), size - 1);
}

interface RowProps {
  readonly offset: number;
  readonly bytes: readonly ByteOnScreen[];
  readonly isChanged: (at: number) => boolean;
  readonly cursor: number | undefined;
  readonly selected: ByteRange | undefined;
  readonly note: string | undefined;
}

function Row({ offset, bytes, isChanged, cursor, selected, note }: RowProps) {
  const isSelected = (at: number) => selected !== undefined && at >= selected.start && at < selected.start + selected.length;
  const classOf = (at: number, byte: ByteOnScreen) => {
    const classes = [];
    if (isSelected(at)) classes.push('selected');
    if (at === cursor) classes.push('cursor');
    if (isChanged(at)) classes.push('changed');
    if (byte === 'missing') classes.push('absent');
    else if (byte === 0) classes.push('zero');
    return classes.join(' ');
  };
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and names the active byte.
    // biome-ignore lint/a11y/useSemanticElements: see the grid.
    <div class="row" role="row" aria-rowindex={offset / ROW_BYTES + 1}>
      <span class="address">{formatAddress(offset)}</span>
      <span class="hex">
        {bytes.map((byte, column) => {
          const at = offset + column;
          return (
            // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and names the active byte.
            // biome-ignore lint/a11y/useSemanticElements: see the grid.
            <span
              key={at}
              id={`byte-${at}`}
              role="gridcell"
              data-offset={at}
              aria-selected={isSelected(at)}
              class={classOf(at, byte)}
            >
              {hexOf(byte)}
            </span>
          );
        })}
      </span>
      <span class="characters" aria-hidden="true">
        {bytes.map((byte, column) => (
          <span key={offset + column} data-offset={offset + column} class={classOf(offset + column, byte)}>
            {characterOf(byte)}
          </span>
        ))}
      </span>
      <span class="note">{note}</span>
    </div>
  );
}
