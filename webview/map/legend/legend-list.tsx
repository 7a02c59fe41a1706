import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { formatBytes, formatCount } from '../../../engine/core/format.ts';
import { cssColour } from '../../colour.ts';
import { consumeKey } from '../../hooks.ts';
import { type Look, ownerColour } from '../../look.ts';
import { entriesWith, type LegendEntry } from './legend-entries.ts';

interface LegendListProps {
  readonly entries: readonly LegendEntry[];
  readonly highlighted: string | undefined;
  readonly look: Look;
  /** `owners` */
  readonly noun: string;
  readonly onChoose: (entry: LegendEntry) => void;
  readonly onClose: () => void;
}

/** Height of an entry in pixels, and number of entries on screen. */
const ROW = 22;
const ROWS = 12;

/**
 * The list of all entries of the legend. It has one tab stop, the search: typing filters, the arrow keys move, Enter highlights and
 * Escape closes, as in VS Code's own lists. However long it is, only the entries on screen are in the page.
 */
export function LegendList({ entries, highlighted, look, noun, onChoose, onClose }: LegendListProps) {
  const search = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [text, setText] = useState('');
  const [scrolled, setScrolled] = useState(0);
  const found = entriesWith(entries, text);
  const [chosen, setActive] = useState(() =>
    Math.max(
      0,
      entries.findIndex(({ id }) => id === highlighted),
    ),
  );
  const active = Math.min(chosen, found.length - 1);

  // At once: the next key may have been pressed already.
  useLayoutEffect(() => search.current?.focus(), []);
  useLayoutEffect(() => {
    const box = list.current;
    if (box === null || active < 0) return;
    if (active * ROW < box.scrollTop) box.scrollTop = active * ROW;
    else if ((active + 1) * ROW > box.scrollTop + box.clientHeight) box.scrollTop = (active + 1) * ROW - box.clientHeight;
  }, [active, text]);

  const moves: Readonly<Record<string, number>> = {
    ArrowDown: active + 1,
    ArrowUp: active - 1,
    PageDown: active + ROWS - 1,
    PageUp: active - ROWS + 1,
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const to = moves[event.key];
    const entry = found[active];
    if (to !== undefined) setActive(Math.min(Math.max(0, to), found.length - 1));
    else if (event.key === 'Enter') {
      if (entry !== undefined) onChoose(entry);
    } else if (event.key === 'Escape' || event.key === 'Tab') onClose();
    else return;
    consumeKey(event);
  };
  const first = Math.max(0, Math.floor(scrolled / ROW) - 2);
  const seen = found.slice(first, first + ROWS + 5);
  return (
    <>
      <input
        ref={search}
        type="text"
        role="combobox"
        aria-expanded={true}
        aria-controls="legend-list"
        aria-activedescendant={active < 0 ? undefined : `legend-${active}`}
        aria-autocomplete="list"
        aria-label={`Search the ${noun}`}
        placeholder={`Search ${formatCount(entries.length)} ${noun}`}
        spellcheck={false}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div
        id="legend-list"
        class="legend-list"
        role="listbox"
        tabIndex={-1}
        aria-label={`All ${noun}`}
        ref={list}
        style={{ '--row': `${ROW}px`, '--rows': Math.min(ROWS, Math.max(1, found.length)) }}
        onScroll={(event) => setScrolled(event.currentTarget.scrollTop)}
      >
        {found.length === 0 && <p class="quiet">None of them has this name.</p>}
        <div role="presentation" style={{ height: `${found.length * ROW}px`, paddingTop: `${first * ROW}px` }}>
          {seen.map((entry, index) => {
            const place = first + index;
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the search has the focus and handles the keys.
              // biome-ignore lint/a11y/useFocusableInteractive: the search has the focus and names the active entry.
              <div
                key={entry.id}
                id={`legend-${place}`}
                role="option"
                class={`legend-entry ${place === active ? 'active' : ''}`}
                aria-selected={entry.id === highlighted}
                aria-setsize={found.length}
                aria-posinset={place + 1}
                // The search keeps the focus.
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => {
                  setActive(place);
                  onChoose(entry);
                }}
              >
                <span class="tick" aria-hidden="true">
                  {entry.id === highlighted ? '✓' : ''}
                </span>
                <span class="dot" style={{ background: cssColour(ownerColour(look, entry.colour)) }} aria-hidden="true" />
                <span class="name">{entry.label}</span>
                <span class="size">{formatBytes(Math.round(entry.bytes))}</span>
              </div>
            );
          })}
        </div>
      </div>
    </>
  );
}
