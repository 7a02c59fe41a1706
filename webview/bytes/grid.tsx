import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { formatAddress } from '../../engine/core/format.ts';
import { consumeKey, useSize, wheelPixels } from '../hooks.ts';
import type { Look } from '../look.ts';
import type { EditorModel } from '../state/model.ts';
import type { StateBesideMap } from '../state/state.ts';
import { menuContext } from './menu-context.ts';
import { Row } from './row.tsx';
import { bytesScroll, FieldsOnScreen, hasChanged, ROW_BYTES, rowAt } from './rows.ts';
import { ScrollBar } from './scroll-bar.tsx';
import { bytesView } from './view.ts';

interface GridProps {
  readonly model: EditorModel;
  readonly state: StateBesideMap;
  readonly look: Look;
}

/** The rows of bytes on screen, driven by mouse and keys. */
export function Grid({ model, state, look }: GridProps) {
  const [element, elementSize] = useSize<HTMLDivElement>();
  const rowHeight = Math.round(look.editorFontSize * 1.45);
  const visibleRows = Math.max(1, (elementSize?.height ?? 0) / rowHeight);
  const { bytesTop, bytesFocus, selection, bookmarks } = state;
  const view = bytesView(state);
  const result = state.bytes.result?.space === view.part ? state.bytes.result : undefined;
  const { error } = state.bytes;
  const fieldsResult = state.fields.result;
  const fields = useMemo(() => new FieldsOnScreen(fieldsResult), [fieldsResult]);
  const isChanged = (address: number) => hasChanged(result, state.bytesBefore, address);
  useLayoutEffect(() => {
    if (elementSize !== undefined && elementSize.height > 0) model.layOutBytes(visibleRows);
  }, [model, elementSize, visibleRows]);

  useEffect(() => {
    if (bytesFocus > 0) element.current?.focus();
  }, [bytesFocus, element]);

  const scroll = bytesScroll(view.size, visibleRows, bytesTop);
  const firstRow = Math.floor(scroll.top);
  const addresses: number[] = [];
  for (let row = firstRow; row < Math.min(scroll.rows, scroll.top + visibleRows); row++) addresses.push(row * ROW_BYTES);
  const onKeyDown = (event: KeyboardEvent) => {
    const cursor = selection?.cursor ?? view.offsetOf(bytesTop) ?? 0;
    const address = view.addressOf(cursor) ?? bytesTop;
    const screen = Math.max(1, Math.floor(visibleRows) - 1) * ROW_BYTES;
    const moved = movedBy(event, address, view.size, screen);
    const target = moved === undefined ? undefined : view.offsetOf(moved);
    const isCommand = event.ctrlKey || event.metaKey;
    if (event.key === 'Enter' && isCommand) model.followPointer();
    else if (event.key === 'Enter') model.select(cursor);
    else if (event.key === 'Backspace') model.travel(event.shiftKey ? 'forward' : 'back');
    else if (event.key === 'b' && !isCommand && !event.altKey) model.toggleBookmark();
    else if (isCommand && event.key.toLowerCase() === 'a') model.selectAll();
    else if (target !== undefined && event.shiftKey) model.extendTo(target);
    else if (target !== undefined) model.select(target, { range: { start: target, length: 1 }, explain: 'soon' });
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
      if (element.current === null || document.activeElement !== element.current) return;
      event.preventDefault();
      model.copy();
    };
    document.addEventListener('copy', onCopy);
    return () => document.removeEventListener('copy', onCopy);
  }, [model, element]);
  const digits = formatAddress(Math.max(0, view.size - 1)).length;
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
        data-pane
        ref={element}
        role="grid"
        tabIndex={0}
        aria-label="Bytes in hex and as characters"
        aria-multiselectable="true"
        aria-rowcount={scroll.rows}
        aria-colcount={ROW_BYTES + 1}
        aria-activedescendant={activeByte(state, addresses)}
        style={{ '--row': `${rowHeight}px`, '--digits': `${digits}ch` }}
        onWheel={(event) => {
          event.preventDefault();
          model.scrollBytes(scroll.top + wheelPixels(event, rowHeight, elementSize?.height ?? 0) / rowHeight);
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
          {addresses.map((address, index) => {
            const offset = view.offsetOf(address);
            return (
              <Row
                key={address}
                address={address}
                offset={offset}
                bytes={rowAt(result, address, view.size)}
                fields={fields}
                isChanged={isChanged}
                cursor={selection?.cursor}
                selected={selection?.range}
                bookmark={
                  bookmarks.find(({ start }) => offset !== undefined && start >= offset && start < offset + ROW_BYTES)?.name
                }
                noted={offset === undefined ? [] : fields.note(offset, index === 0)}
                addressOf={view.addressOf}
              />
            );
          })}
        </div>
      </div>
      <ScrollBar label="Position in the bytes" controls="bytes-grid" scroll={scroll} onScroll={(row) => model.scrollBytes(row)} />
    </div>
  );
}

/** Returns the id of the selected byte, if it is on screen. */
function activeByte(state: StateBesideMap, addresses: readonly number[]): string | undefined {
  const cursor = state.selection?.cursor;
  const address = cursor === undefined ? undefined : bytesView(state).addressOf(cursor);
  const [first = 0, last = -1] = [addresses[0], addresses.at(-1)];
  return address !== undefined && address >= first && address < last + ROW_BYTES ? `byte-${cursor}` : undefined;
}

/** Returns the offset of the byte at an event. */
function offsetAt({ target }: Event): number | undefined {
  const offset = target instanceof HTMLElement ? target.dataset['offset'] : undefined;
  return offset === undefined ? undefined : Number(offset);
}

/** Returns the address that a key moves to. Returns undefined for other keys, and for VS Code's: those with Alt. */
function movedBy(event: KeyboardEvent, address: number, size: number, screen: number): number | undefined {
  const column = address % ROW_BYTES;
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -ROW_BYTES,
    ArrowDown: ROW_BYTES,
    PageUp: -screen,
    PageDown: screen,
    Home: event.ctrlKey ? -address : -column,
    End: event.ctrlKey ? size : ROW_BYTES - 1 - column,
  };
  const step = event.altKey ? undefined : steps[event.key];
  return step === undefined ? undefined : Math.min(Math.max(0, address + step), size - 1);
}
