import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { formatBytes, formatCount } from '../../../engine/core/format.ts';
import { besideMap } from '../../beside-map.tsx';
import { cssColour } from '../../colour.ts';
import { useSize } from '../../hooks.ts';
import { useOneTabStop } from '../../keyboard/one-tab-stop.ts';
import { type Look, ownerColour } from '../../look.ts';
import type { EditorModel } from '../../state/model.ts';
import type { StateBesideMap } from '../../state/state.ts';
import { highlightedIn, type LegendEntry, legendEntries } from './legend-entries.ts';
import { LegendList } from './legend-list.tsx';

interface LegendProps {
  readonly model: EditorModel;
  readonly state: StateBesideMap;
  readonly look: Look;
  readonly colouring: 'owner' | 'kind';
}

/** Pixels of a chip besides its text, and between two chips. */
const CHIP_FRAME = 30;
const CHIP_GAP = 4;

/**
 * The legend of the map: a button that opens the list of all entries, and beside it a chip for each if all fit in one line. Choosing
 * an entry highlights it, choosing it again takes that back.
 */
export const Legend = besideMap(function Legend({ model, state, look, colouring }: LegendProps) {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const popover = useRef<HTMLDivElement>(null);
  const [line, size] = useSize<HTMLDivElement>();
  const overview = state.overview.result;
  const entries = useMemo(() => legendEntries(overview, colouring), [overview, colouring]);
  const highlighted = highlightedIn(state.filter, colouring);
  const choose = ({ id }: LegendEntry) => model.toggleFilter(colouring === 'kind' ? { kind: id } : { owner: id });
  const room = size?.width ?? 0;
  const areAllShown = useMemo(() => widthOf(entries, look) <= room, [entries, look, room]);
  const chosen = entries.find(({ id }) => id === highlighted);
  const shown = areAllShown ? entries : chosen === undefined ? [] : [chosen];

  useEffect(() => {
    if (!isOpen) return undefined;
    const onPointerDown = ({ target }: PointerEvent) => {
      const isInside = target instanceof Node && (popover.current?.contains(target) || button.current?.contains(target));
      if (isInside !== true) setOpen(false);
    };
    document.addEventListener('pointerdown', onPointerDown);
    return () => document.removeEventListener('pointerdown', onPointerDown);
  }, [isOpen]);
  if (entries.length === 0) return <div class="map-legend" />;
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <div class="map-legend">
      <button
        type="button"
        class="legend-button"
        ref={button}
        aria-expanded={isOpen}
        aria-haspopup="dialog"
        title={`All ${colouring === 'kind' ? 'kinds' : 'owners'}, with search`}
        onClick={() => setOpen(!isOpen)}
      >
        Legend <span class="quiet">{formatCount(entries.length)}</span>
      </button>
      <Chips line={line} entries={shown} highlighted={highlighted} look={look} onChoose={choose} />
      {isOpen && (
        <div class="legend-popover" role="dialog" aria-label="Legend" ref={popover}>
          <LegendList
            entries={entries}
            highlighted={highlighted}
            look={look}
            noun={colouring === 'kind' ? 'kinds' : 'owners'}
            onChoose={choose}
            onClose={close}
          />
        </div>
      )}
    </div>
  );
});

interface ChipsProps {
  readonly line: ReturnType<typeof useSize<HTMLDivElement>>[0];
  readonly entries: readonly LegendEntry[];
  readonly highlighted: string | undefined;
  readonly look: Look;
  readonly onChoose: (entry: LegendEntry) => void;
}

/** Chips in one line, with one tab stop. The arrow keys move among them. */
function Chips({ line, entries, highlighted, look, onChoose }: ChipsProps) {
  const keys = useOneTabStop(line);
  return (
    <div class="chips" role="toolbar" aria-label="Highlight" ref={line} {...keys}>
      {entries.map((entry) => (
        <button
          key={entry.id}
          type="button"
          class="chip"
          aria-pressed={entry.id === highlighted}
          title={`Highlight only ${entry.label}: ${formatBytes(Math.round(entry.bytes))}`}
          onClick={() => onChoose(entry)}
        >
          <span class="dot" style={{ background: cssColour(ownerColour(look, entry.colour)) }} aria-hidden="true" />
          <span class="name">{entry.label}</span>
        </button>
      ))}
    </div>
  );
}

/** Returns the width of all chips in one line. */
function widthOf(entries: readonly LegendEntry[], look: Look): number {
  const context = document.createElement('canvas').getContext('2d');
  if (context === null) return Number.POSITIVE_INFINITY;
  context.font = `12px ${look.font}`;
  let width = 0;
  for (const { label } of entries) {
    width += context.measureText(label).width + CHIP_FRAME + CHIP_GAP;
    if (width > 4000) break;
  }
  return width;
}
