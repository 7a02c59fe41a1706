import { useRef } from 'preact/hooks';
import { formatCount } from '../../../engine/core/format.ts';
import { type Axis, isWhole, placeOfStep, shareAt, stepsOf } from '../state/axis.ts';
import type { TimelineModel } from '../state/timeline-model.ts';
import type { TimelineState } from '../state/timeline-state.ts';
import { stepTicks } from './ticks.ts';

/** Returns the edge of the picture that a number would be cut at. */
function edgeOf(step: number, steps: Axis, width: number): 'at-start' | 'at-end' | '' {
  const x = width * shareAt(steps, placeOfStep(step));
  if (x < EDGE) return 'at-start';
  return x > width - EDGE ? 'at-end' : '';
}

/** Pixels within which a number at its middle would be cut. */
const EDGE = 30;
/** Pixels between two numbers of steps. */
const TICK_DISTANCE = 96;

interface StepRulerProps {
  readonly model: TimelineModel;
  readonly state: TimelineState;
  readonly steps: number;
  readonly width: number;
}

/** The numbers of the steps below the picture, and a bar that shows which part of the trace is visible and moves it. */
export function StepRuler({ model, state, steps, width }: StepRulerProps) {
  const drag = useRef<{ readonly x: number; readonly start: number } | undefined>(undefined);
  const { start, length } = state.steps;
  const { from, to } = stepsOf(state.steps);
  const share = (place: number) => `${(100 * place) / Math.max(1, steps)}%`;
  return (
    <div class="step-ruler">
      <div class="ticks" aria-hidden="true">
        {stepTicks(from, to, width / TICK_DISTANCE).map((step) => (
          <span
            key={step}
            style={{ left: `${100 * shareAt(state.steps, placeOfStep(step))}%` }}
            class={edgeOf(step, state.steps, width)}
          >
            {formatCount(step)}
          </span>
        ))}
      </div>
      {!isWhole(state.steps, steps) && (
        <div
          class="range"
          role="scrollbar"
          aria-label="Visible steps"
          aria-controls="timeline-picture"
          aria-orientation="horizontal"
          aria-valuemin={1}
          aria-valuemax={steps}
          aria-valuenow={from}
          aria-valuetext={`Steps ${formatCount(from)} to ${formatCount(to)}`}
          tabIndex={-1}
          title={`Steps ${formatCount(from)} to ${formatCount(to)} of ${formatCount(steps)}`}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            const place = (event.offsetX / width) * steps;
            const isOnThumb = place >= start && place <= start + length;
            drag.current = { x: event.clientX, start: isOnThumb ? start : place - length / 2 };
            model.showSteps({ start: drag.current.start, length });
          }}
          onPointerMove={(event) => {
            if (drag.current === undefined) return;
            const moved = ((event.clientX - drag.current.x) / width) * steps;
            model.showSteps({ start: drag.current.start + moved, length });
          }}
          onLostPointerCapture={() => {
            drag.current = undefined;
          }}
        >
          <span class="thumb" style={{ left: share(start), width: share(length) }} />
        </div>
      )}
    </div>
  );
}
