import { useRef } from 'preact/hooks';
import { formatBytes, formatExactBytes } from '../../engine/core/format.ts';
import { BYTE_USES, type Summary } from '../../engine/views/protocol.ts';
import { formatShare } from '../format.ts';
import { useOneTabStop } from '../keyboard/one-tab-stop.ts';
import type { EditorModel } from '../state/model.ts';
import type { StateBesideMap } from '../state/state.ts';
import { describeUse, isCounted, type Segment, segmentsOf, USE_MEANINGS, USE_NAMES } from './usage.ts';

interface UsageBarProps {
  readonly model: EditorModel;
  readonly state: StateBesideMap;
  readonly summary: Summary;
}

/** The bar of all bytes by use. Its legend filters the map. */
export function UsageBar({ model, state, summary }: UsageBarProps) {
  const legend = useRef<HTMLDivElement>(null);
  const keys = useOneTabStop(legend);
  const { scan, isScanFresh, filter } = state;
  const counted = scan !== undefined && isCounted(scan) ? scan : undefined;
  const segments =
    counted &&
    segmentsOf(counted.usage, summary.missing).map((segment) => ({ ...segment, hover: describeUse(segment, summary, counted) }));
  const largest = segments?.reduce((most, { bytes }) => Math.max(most, bytes), 0);
  return (
    <div class={`usage ${isScanFresh ? '' : 'counting'}`} aria-busy={!isScanFresh}>
      <div class="bar" aria-hidden="true">
        {segments?.map(({ use, bytes, hover }) => (
          <span key={use} class={`swatch ${use}`} style={{ flexGrow: bytes }} title={hover} />
        ))}
      </div>
      <div class="legend" role="toolbar" aria-label="Highlight a use of bytes" ref={legend} {...keys}>
        {segments === undefined ? (
          <UsagesOnMap model={model} state={state} />
        ) : (
          segments.map((segment) => (
            <UsageChip
              key={segment.use}
              segment={segment}
              hover={segment.hover}
              whole={summary.bytes}
              isLargest={segment.bytes === largest && segments.length > 1}
              isPressed={filter.use === segment.use}
              onToggle={() => model.toggleFilter({ use: segment.use })}
            />
          ))
        )}
        {scan === undefined && state.scanError === undefined && (
          <span role="status">Scanning all structures to count the bytes…</span>
        )}
        <span class="total" title={formatExactBytes(summary.bytes)}>
          {formatBytes(summary.bytes)} in all
        </span>
      </div>
    </div>
  );
}

interface UsageChipProps {
  readonly segment: Segment;
  readonly hover: string;
  readonly whole: number;
  readonly isLargest: boolean;
  readonly isPressed: boolean;
  readonly onToggle: () => void;
}

function UsageChip({ segment: { use, bytes }, hover, whole, isLargest, isPressed, onToggle }: UsageChipProps) {
  return (
    <button type="button" class="use" aria-pressed={isPressed} title={hover} onClick={onToggle}>
      <span class={`swatch ${use}`} aria-hidden="true" />
      {USE_NAMES[use]} <b class="size">{formatBytes(bytes)}</b>
      {isLargest && ` (${formatShare(bytes, whole)})`}
    </button>
  );
}

/** Legend of the uses on the map, shown until the sizes are known. */
function UsagesOnMap({ model, state }: { readonly model: EditorModel; readonly state: StateBesideMap }) {
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
