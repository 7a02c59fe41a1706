import { useRef } from 'preact/hooks';
import { useSize } from '../hooks.ts';
import { clampRow, dragged, maxTop, type Scroll, thumb } from '../scroll.ts';

interface ScrollBarProps {
  readonly label: string;
  /** Id of what it scrolls. */
  readonly controls: string;
  readonly scroll: Scroll;
  readonly onScroll: (row: number) => void;
}

/** Rows per pixel of a drag with Shift. In a large image a pixel is megabytes otherwise. */
const FINE_ROWS = 0.25;

/** A scroll bar for any number of rows. A press outside the thumb goes there. */
export function ScrollBar({ label, controls, scroll, onScroll }: ScrollBarProps) {
  const [track, size] = useSize<HTMLDivElement>();
  const drag = useRef<{ readonly y: number; readonly top: number } | undefined>(undefined);
  const height = size?.height ?? 0;
  const at = thumb(scroll, height);
  return (
    <div
      class="scroll-bar"
      ref={track}
      role="scrollbar"
      aria-label={label}
      aria-controls={controls}
      aria-orientation="vertical"
      aria-valuemin={0}
      aria-valuemax={Math.floor(maxTop(scroll))}
      aria-valuenow={Math.floor(scroll.top)}
      tabIndex={-1}
      onPointerDown={(event) => {
        if (at === undefined) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        const isOnThumb = event.offsetY >= at.start && event.offsetY < at.start + at.length;
        const top = isOnThumb ? scroll.top : dragged(scroll, height, event.offsetY - at.start - at.length / 2);
        drag.current = { y: event.clientY, top };
        if (!isOnThumb) onScroll(top);
      }}
      onPointerMove={(event) => {
        if (drag.current === undefined) return;
        const pixels = event.clientY - drag.current.y;
        if (event.shiftKey) {
          onScroll(clampRow(scroll, scroll.top + pixels * FINE_ROWS));
          drag.current = { y: event.clientY, top: scroll.top };
        } else onScroll(dragged({ ...scroll, top: drag.current.top }, height, pixels));
      }}
      onLostPointerCapture={() => {
        drag.current = undefined;
      }}
    >
      {at !== undefined && <span class="thumb" style={{ top: `${at.start}px`, height: `${at.length}px` }} />}
    </div>
  );
}
