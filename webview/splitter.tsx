import { useRef } from 'preact/hooks';
import { keep } from './hooks.ts';

interface SplitterProps {
  readonly label: string;
  /** Of the line itself: `vertical` divides left from right. */
  readonly orientation: 'vertical' | 'horizontal';
  /** Size of the pane behind the line, in pixels. */
  readonly value: number;
  readonly least: number;
  readonly most: number;
  readonly onChange: (value: number) => void;
}

const KEY_STEP = 16;

/** The line between two panes, moved by pointer and by arrow keys. */
export function Splitter({ label, orientation, value, least, most, onChange }: SplitterProps) {
  const drag = useRef<{ readonly from: number; readonly value: number } | undefined>(undefined);
  const position = (event: PointerEvent) => (orientation === 'vertical' ? event.clientX : event.clientY);
  const change = (next: number) => onChange(Math.round(Math.min(Math.max(next, least), most)));
  const [grow, shrink] = orientation === 'vertical' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown'];
  return (
    <hr
      class={`splitter ${orientation}`}
      aria-label={label}
      aria-orientation={orientation}
      aria-valuenow={Math.round(value)}
      aria-valuemin={Math.round(least)}
      aria-valuemax={Math.round(most)}
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
        keep(event);
        change(value + (event.key === grow ? KEY_STEP : -KEY_STEP));
      }}
    />
  );
}
