import { useRef } from 'preact/hooks';
import { consumeKey } from './hooks.ts';

interface SplitterProps {
  readonly label: string;
  /** Orientation of the line: `vertical` separates left from right. */
  readonly orientation: 'vertical' | 'horizontal';
  /** Size of the pane after the line, in pixels. */
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly onChange: (value: number) => void;
}

const KEY_STEP = 16;

/** The line between two panes, which pointer and arrow keys move. */
export function Splitter({ label, orientation, value, min, max, onChange }: SplitterProps) {
  const drag = useRef<{ readonly from: number; readonly value: number } | undefined>(undefined);
  const position = (event: PointerEvent) => (orientation === 'vertical' ? event.clientX : event.clientY);
  const change = (next: number) => onChange(Math.round(Math.min(Math.max(next, min), max)));
  const [grow, shrink] = orientation === 'vertical' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown'];
  return (
    <hr
      class={`splitter ${orientation}`}
      aria-label={label}
      aria-orientation={orientation}
      aria-valuenow={Math.round(value)}
      aria-valuemin={Math.round(min)}
      aria-valuemax={Math.round(max)}
      tabIndex={0}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.current = { from: position(event), value };
        event.preventDefault();
      }}
      onPointerMove={(event) => {
        if (drag.current !== undefined) change(drag.current.value + drag.current.from - position(event));
      }}
      onLostPointerCapture={() => {
        drag.current = undefined;
      }}
      onKeyDown={(event) => {
        if (event.key !== grow && event.key !== shrink) return;
        consumeKey(event);
        change(value + (event.key === grow ? KEY_STEP : -KEY_STEP));
      }}
    />
  );
}
