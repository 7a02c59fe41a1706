import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { formatBytes, formatCount } from '../../../engine/core/format.ts';
import type { ChangeMap } from '../../../engine/views/diff/calls.ts';
import { consumeKey, useFrame, usePainter, useSize } from '../../hooks.ts';
import type { Look } from '../../look.ts';
import type { CompareModel } from '../state/compare-model.ts';
import type { CompareState } from '../state/compare-state.ts';
import { cellText, changeOf, isChangedCell } from './cell-text.ts';
import { PITCH, paintChanges } from './paint-changes.ts';

/** Rows of the map. */
const ROWS = 3;

interface ChangeMapProps {
  readonly model: CompareModel;
  readonly state: CompareState;
  readonly look: Look;
}

/** Both images as a map: which blocks have other bytes, and which only one image has. */
export function ChangeMapBand({ model, state, look }: ChangeMapProps) {
  const [room, size] = useSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [hovered, setHovered] = useState<number | undefined>(undefined);
  const [hasFocus, setFocus] = useState(false);
  const painter = usePainter(look);
  const { map, cell } = state;
  const columns = Math.max(8, Math.floor((size?.width ?? 0) / PITCH.x));
  const count = map?.changes.length ?? 0;
  useLayoutEffect(() => {
    if (size !== undefined && size.width > 0) model.layOutMap(columns * ROWS);
  }, [model, size, columns]);
  const shown = hovered ?? (hasFocus ? cell : undefined);
  useFrame(() => {
    if (canvas.current !== null) paintChanges(canvas.current, { map, columns, look, painter, marked: hasFocus ? cell : hovered });
  });
  const cellAt = ({ offsetX, offsetY }: MouseEvent): number | undefined => {
    const at = Math.floor(offsetY / PITCH.y) * columns + Math.floor(offsetX / PITCH.x);
    return at < count && offsetX < columns * PITCH.x ? at : undefined;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const moves: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => model.goToCell(cell - 1),
      ArrowRight: () => model.goToCell(cell + 1),
      ArrowUp: () => model.goToCell(cell - columns),
      ArrowDown: () => model.goToCell(cell + columns),
      Home: () => model.goToCell(0),
      End: () => model.goToCell(count - 1),
      PageDown: () => model.goToChangedCell(1),
      PageUp: () => model.goToChangedCell(-1),
      Enter: () => model.chooseCell(cell),
    };
    const move = moves[event.key];
    if (move === undefined) return;
    consumeKey(event);
    move();
  };
  const text = map === undefined || shown === undefined ? undefined : cellText(map, shown);
  return (
    <div class="changes">
      <div
        ref={room}
        class="change-cells"
        data-pane
        role="slider"
        tabIndex={0}
        aria-label="Map of changes: arrow keys move, Page Down and Page Up go to the next block that differs, Enter chooses its structure"
        aria-valuemin={0}
        aria-valuemax={Math.max(0, count - 1)}
        aria-valuenow={cell}
        aria-valuetext={map === undefined ? 'not compared yet' : cellText(map, cell)}
        onKeyDown={onKeyDown}
        onFocus={() => setFocus(true)}
        onBlur={() => setFocus(false)}
        onMouseMove={(event) => setHovered(cellAt(event))}
        onMouseLeave={() => setHovered(undefined)}
        onClick={(event) => {
          const at = cellAt(event);
          if (at !== undefined) model.chooseCell(at);
        }}
      >
        <canvas
          ref={canvas}
          style={{ width: `${columns * PITCH.x}px`, height: `${Math.max(1, Math.ceil(count / columns)) * PITCH.y}px` }}
        />
      </div>
      <p class="quiet">{text ?? (map === undefined ? 'Comparing the bytes…' : summaryOf(map))}</p>
    </div>
  );
}

/** Returns the legend, with the number of cells of each change. */
function summaryOf(map: ChangeMap): string {
  const counts = { changed: 0, added: 0, removed: 0, same: 0, unknown: 0 };
  for (let cell = 0; cell < map.changes.length; cell += 1) counts[changeOf(map, cell)] += 1;
  const isSame = !map.changes.some((_, cell) => isChangedCell(map, cell));
  const parts = [
    `${formatBytes(map.bytesPerCell)} a cell`,
    ...(counts.changed > 0 ? [`▃ ${formatCount(counts.changed)} changed: the higher the bar, the more`] : []),
    ...(counts.added > 0 ? [`+ ${formatCount(counts.added)} only after`] : []),
    ...(counts.removed > 0 ? [`− ${formatCount(counts.removed)} only before`] : []),
    ...(counts.unknown > 0 ? [`${formatCount(counts.unknown)} not compared yet`] : []),
    ...(isSame && map.isWhole ? ['all the same'] : []),
  ];
  return parts.join(' · ');
}
