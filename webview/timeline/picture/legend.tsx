import { useRef } from 'preact/hooks';
import { formatCounted } from '../../../engine/core/format.ts';
import { cssColour } from '../../colour.ts';
import { useOneTabStop } from '../../keyboard/one-tab-stop.ts';
import type { Look } from '../../look.ts';
import type { TimelineModel } from '../state/timeline-model.ts';
import { faultsOf, type Shown, type TimelineState } from '../state/timeline-state.ts';
import { orderOf, paletteOf } from './palette.ts';

interface LegendProps {
  readonly model: TimelineModel;
  readonly state: TimelineState;
  readonly shown: Shown;
  readonly look: Look;
}

/** The kinds that the colours stand for. A kind that is pressed is highlighted, so that no kind depends on its colour alone. */
export function Legend({ model, state, shown, look }: LegendProps) {
  const list = useRef<HTMLDivElement>(null);
  const keys = useOneTabStop(list);
  const picture = state.picture.shown ?? state.overview.shown;
  if (picture === undefined) return <div class="kinds" />;
  const { kinds } = picture.result;
  const palette = paletteOf(look, orderOf(shown.space, picture.params.colour), kinds);
  const { count } = faultsOf(state);
  return (
    <div class="kinds" role="toolbar" aria-label="Highlight" ref={list} {...keys}>
      {kinds.map(({ label }, index) => (
        <button
          key={label}
          type="button"
          class="chip"
          aria-pressed={state.highlighted === label}
          title={`Highlight ${label}`}
          onClick={() => model.highlight(label)}
        >
          <span class="dot" style={{ background: cssColour(palette.kinds[index] ?? look.neutral) }} />
          <span class="name">{label}</span>
        </button>
      ))}
      {shown.space.draws === 'blocks' && (
        <span class="key">
          <span class="dot free" />
          free
        </span>
      )}
      {count > 0 && (
        <span class="faults">
          <span class="key">
            <span class="dot fault" />
            {formatCounted(count, 'fault')}
          </span>
          <button
            type="button"
            class="icon"
            aria-label="Go to the fault before"
            title="Go to the fault before"
            onClick={() => model.visitFault(-1)}
          >
            ‹
          </button>
          <button
            type="button"
            class="icon"
            aria-label="Go to the next fault"
            title="Go to the next fault"
            onClick={() => model.visitFault(1)}
          >
            ›
          </button>
        </span>
      )}
    </div>
  );
}
