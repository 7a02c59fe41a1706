import { formatBytes, formatExactBytes } from '../../engine/core/format.ts';
import { CELL_FATES, type CellFate, type Summary } from '../../engine/views/protocol.ts';
import { formatShare } from '../format.ts';
import type { EditorModel } from '../state/model.ts';
import type { EditorState } from '../state/state.ts';
import { FATE_MEANINGS, FATE_NAMES, isCounted, type Segment, segmentsOf } from './usage.ts';

interface UsageBarProps {
  readonly model: EditorModel;
  readonly state: EditorState;
  readonly summary: Summary;
}

/** The bar of all bytes by what becomes of them; its legend is the map's filter. */
export function UsageBar({ model, state, summary }: UsageBarProps) {
  const { scan, isSurveyFresh, filter } = state;
  const segments = scan !== undefined && isCounted(scan) ? segmentsOf(scan.usage, summary.missing) : undefined;
  const largest = segments?.reduce((most, { bytes }) => Math.max(most, bytes), 0);
  return (
    <div class={`usage ${isSurveyFresh ? '' : 'counting'}`} aria-busy={!isSurveyFresh}>
      <div class="bar" aria-hidden="true">
        {segments?.map(({ fate, bytes }) => (
          <span key={fate} class={`swatch ${fate}`} style={{ flexGrow: bytes }} title={hoverOf(fate, bytes, summary.bytes)} />
        ))}
      </div>
      <div class="legend">
        {segments === undefined ? (
          <FatesOnMap model={model} state={state} />
        ) : (
          segments.map((segment) => (
            <FateChip
              key={segment.fate}
              segment={segment}
              whole={summary.bytes}
              isLargest={segment.bytes === largest && segments.length > 1}
              isPressed={filter.fate === segment.fate}
              onToggle={() => model.toggleFilter({ fate: segment.fate })}
            />
          ))
        )}
        {scan === undefined && <span role="status">Walking all structures to count the bytes…</span>}
        <span class="total" title={formatExactBytes(summary.bytes)}>
          {formatBytes(summary.bytes)} in all
        </span>
      </div>
    </div>
  );
}

function hoverOf(fate: CellFate, bytes: number, whole: number): string {
  return `${FATE_NAMES[fate]}: ${formatExactBytes(bytes)}, ${formatShare(bytes, whole)}. ${FATE_MEANINGS[fate]}`;
}

interface FateChipProps {
  readonly segment: Segment;
  readonly whole: number;
  readonly isLargest: boolean;
  readonly isPressed: boolean;
  readonly onToggle: () => void;
}

function FateChip({ segment: { fate, bytes }, whole, isLargest, isPressed, onToggle }: FateChipProps) {
  return (
    <button type="button" class="fate" aria-pressed={isPressed} title={hoverOf(fate, bytes, whole)} onClick={onToggle}>
      <span class={`swatch ${fate}`} aria-hidden="true" />
      {FATE_NAMES[fate]} <b class="size">{formatBytes(bytes)}</b>
      {isLargest && ` (${formatShare(bytes, whole)})`}
    </button>
  );
}

/** Until the sizes are known, the legend has what the map shows. */
function FatesOnMap({ model, state }: { readonly model: EditorModel; readonly state: EditorState }) {
  const present = new Set(state.overview.result?.fateOf);
  return (
    <>
      {CELL_FATES.filter((_, number) => present.has(number)).map((fate) => (
        <button
          key={fate}
          type="button"
          class="fate"
          aria-pressed={state.filter.fate === fate}
          title={FATE_MEANINGS[fate]}
          onClick={() => model.toggleFilter({ fate })}
        >
          <span class={`swatch ${fate}`} aria-hidden="true" />
          {FATE_NAMES[fate]}
        </button>
      ))}
    </>
  );
}
