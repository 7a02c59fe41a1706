import { useLayoutEffect } from 'preact/hooks';
import { ScrollBar } from '../../bytes/scroll-bar.tsx';
import { consumeKey, useSize, wheelPixels } from '../../hooks.ts';
import type { Look } from '../../look.ts';
import type { CompareModel } from '../state/compare-model.ts';
import { type CompareState, rowCount, scrollOf, structureOf } from '../state/compare-state.ts';
import { EntryRow } from './entry-row.tsx';

interface EntryGridProps {
  readonly model: CompareModel;
  readonly state: CompareState;
  readonly look: Look;
}

/** Width from which both sides are beside each other, in pixels. Below it they are one above the other. */
const MIN_BESIDE = 520;

/** The entries of the chosen structure that differ. Only those on screen are laid out, however many there are. */
export function EntryGrid({ model, state, look }: EntryGridProps) {
  const [view, viewSize] = useSize<HTMLDivElement>();
  const lineHeight = Math.round(look.editorFontSize * 1.45) + 3;
  const isBeside = (viewSize?.width ?? 0) >= MIN_BESIDE;
  const rowHeight = isBeside ? lineHeight + 4 : 3 * lineHeight;
  const headHeight = isBeside ? lineHeight : 0;
  const seen = Math.max(1, ((viewSize?.height ?? 0) - headHeight) / rowHeight);
  const scroll = scrollOf(state);
  const count = rowCount(state);
  useLayoutEffect(() => {
    if (viewSize !== undefined && viewSize.height > 0) model.layOut(seen);
  }, [model, viewSize, seen]);
  const onKeyDown = (event: KeyboardEvent) => {
    const moved = event.altKey ? undefined : movedBy(event.key, state.selected, count, Math.floor(seen));
    if (moved === undefined) return;
    consumeKey(event);
    model.moveTo(moved);
  };
  const first = Math.floor(scroll.top);
  const positions: number[] = [];
  for (let row = first; row < Math.min(scroll.rows, scroll.top + seen); row++) positions.push(row);
  const nothing = count === 0 ? nothingOf(state) : undefined;
  return (
    <div class="grid-body">
      {/* biome-ignore lint/a11y/useSemanticElements: a table cannot scroll over more rows than the browser can lay out. */}
      <div
        id="entries"
        class={isBeside ? 'entries beside' : 'entries'}
        data-pane
        ref={view}
        role="grid"
        tabIndex={0}
        aria-label="Entries that differ"
        aria-rowcount={count + 1}
        aria-colcount={4}
        aria-activedescendant={positions.includes(state.selected) ? `entry-${state.selected}` : undefined}
        style={{ '--row': `${rowHeight}px`, '--line-height': `${lineHeight}px` }}
        onWheel={(event) => {
          event.preventDefault();
          model.scroll(scroll.top + wheelPixels(event, rowHeight, viewSize?.height ?? 0) / rowHeight);
        }}
        onKeyDown={onKeyDown}
      >
        {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and names the active row. */}
        {/* biome-ignore lint/a11y/useSemanticElements: see the grid. */}
        <div class={isBeside ? 'entry heads' : 'announcement'} role="row" aria-rowindex={1}>
          {['', 'Key', 'Before', 'After'].map((name) => (
            // biome-ignore lint/a11y/useFocusableInteractive: see the row.
            // biome-ignore lint/a11y/useSemanticElements: see the grid.
            <span key={name} role="columnheader">
              {name === '' ? <span class="announcement">Change</span> : name}
            </span>
          ))}
        </div>
        <div class="window" role="presentation">
          <div role="presentation" style={{ transform: `translateY(${(first - scroll.top) * rowHeight}px)` }}>
            {positions.map((position) => (
              <EntryRow
                key={position}
                position={position}
                row={model.rowAt(position)}
                isSelected={position === state.selected}
                onSelect={() => model.moveTo(position)}
              />
            ))}
          </div>
        </div>
        {nothing !== undefined && <p class="no-rows quiet">{nothing}</p>}
      </div>
      <ScrollBar label="Position in the list" controls="entries" scroll={scroll} onScroll={(row) => model.scroll(row)} />
      {state.note !== undefined && (
        <p class="note" role="note">
          {state.note}
        </p>
      )}
    </div>
  );
}

function nothingOf(state: CompareState): string {
  const row = structureOf(state);
  if (row === undefined) return 'There is no structure whose entries could be compared.';
  if (row.incomplete !== undefined && row.change === 'none') return `Nothing is known to differ. ${row.incomplete}`;
  return state.only === undefined ? `No ${row.nouns[0]} differs.` : `No ${row.nouns[0]} was ${state.only}.`;
}

function movedBy(key: string, selected: number, count: number, screen: number): number | undefined {
  switch (key) {
    case 'ArrowUp':
      return selected - 1;
    case 'ArrowDown':
      return selected + 1;
    case 'PageUp':
      return selected - Math.max(1, screen - 1);
    case 'PageDown':
      return selected + Math.max(1, screen - 1);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}
