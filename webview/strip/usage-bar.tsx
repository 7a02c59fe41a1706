import { formatBytes, formatExactBytes } from '../../engine/core/format.ts';
import { BYTE_USES, type ByteUse, type Summary } from '../../engine/views/protocol.ts';
import { formatShare } from '../format.ts';
import type { EditorModel } from '../state/model.ts';
import type { EditorState } from '../state/state.ts';
import { isCounted, type Segment, segmentsOf, USE_MEANINGS, USE_NAMES } from './usage.ts';

interface UsageBarProps {
  readonly model: EditorModel;
  readonly state: EditorState;
  readonly summary: Summary;
}

/** The bar of all bytes by what becomes of them; its legend is the map's filter. */
export function UsageBar({ model, state, summary }: UsageBarProps) {
  const { scan, isScanFresh, filter } = state;
  const segments = scan !== undefined && isCounted(scan) ? segmentsOf(scan.usage, summary.missing) : undefined;
  const largest = segments?.reduce((most, { bytes }) => Math.max(most, bytes), 0);
  return (
    <div class={`usage ${isScanFresh ? '' : 'counting'}`} aria-busy={!isScanFresh}>
      <div class="bar" aria-hidden="true">
        {segments?.map(({ use, bytes }) => (
          <span key={use} class={`swatch ${use}`} style={{ flexGrow: bytes }} title={hoverOf(use, bytes, summary.bytes)} />
        ))}
      </div>
      <div class="legend">
        {segments === undefined ? (
          <FatesOnMap model={model} state={state} />
        ) : (
          segments.map((segment) => (
            <FateChip
              key={segment.use}
              segment={segment}
              whole={summary.bytes}
              isLargest={segment.bytes === largest && segments.length > 1}
              isPressed={filter.use === segment.use}
              onToggle={() => model.toggleFilter({ use: segment.use })}
            />
          ))
        )}
        {scan === undefined && state.scanProblem === undefined && (
          <span role="status">Walking all structures to count the bytes…</span>
        )}
        <span class="total" title={formatExactBytes(summary.bytes)}>
          {formatBytes(summary.bytes)} in all
        </span>
      </div>
    </div>
  );
}

function hoverOf(use: ByteUse, bytes: number, whole: number): string {
  return `${USE_NAMES[use]}: ${formatExactBytes(bytes)}, ${formatShare(bytes, whole)}. ${USE_MEANINGS[use]}`;
}

interface FateChipProps {
  readonly segment: Segment;
  readonly whole: number;
  readonly isLargest: boolean;
  readonly isPressed: boolean;
  readonly onToggle: () => void;
}

function FateChip({ segment: { use, bytes }, whole, isLargest, isPressed, onToggle }: FateChipProps) {
  return (
    <button type="button" class="use" aria-pressed={isPressed} title={hoverOf(use, bytes, whole)} onClick={onToggle}>
      <span class={`swatch ${use}`} aria-hidden="true" />
      {USE_NAMES[use]} <b class="size">{formatBytes(bytes)}</b>
      {isLargest && ` (${formatShare(bytes, whole)})`}
    </button>
  );
}

/** Until the sizes are known, the legend has what the map shows. */
function FatesOnMap({ model, state }: { readonly model: EditorModel; readonly state: EditorState }) {
  const present = new Set(state.overview.result?.useOf);
  return (
    <>
      {BYTE_USES.filter((_, number) => present.has(number)).map((use) => (
        <button
          key={use}
          type="button"
          class="use"
          aria-pressed={state.filter.use === use}
          title={USE_MEANINGS[use]}
          onClick={() => model.toggleFilter({ use })}
        >
          <span class={`swatch ${use}`} aria-hidden="true" />
          {USE_NAMES[use]}
        </button>
      ))}
    </>
  );
}
