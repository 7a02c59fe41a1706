import { formatCount, formatCounted, formatCycles } from '../../engine/core/format.ts';
import type { FindingRow, ScanSummary, Summary } from '../../engine/views/protocol.ts';
import { besideMap } from '../beside-map.tsx';
import { SeverityIcon } from '../icons.tsx';
import type { EditorModel } from '../state/model.ts';
import { imageOf, type StateBesideMap } from '../state/state.ts';
import { isCounted } from './usage.ts';
import { UsageBar } from './usage-bar.tsx';

interface StripProps {
  readonly model: EditorModel;
  readonly state: StateBesideMap;
  readonly summary: Summary;
}

/** The memory at a glance: its identity, the use of its bytes, its cost and its findings. */
export const Strip = besideMap(function Strip({ model, state, summary }: StripProps) {
  const { scan, panes } = state;
  return (
    <header class="strip">
      <div class="identity">
        <h1 title={summary.title}>{summary.title}</h1>
        <p title={summary.subtitle}>{summary.subtitle}</p>
      </div>
      {imageOf(state) === undefined ? <span /> : <UsageBar model={model} state={state} summary={summary} />}
      <div class="verdict">
        {scan !== undefined && isCounted(scan) && <Cost scan={scan} />}
        {scan !== undefined && (
          <Badge
            counts={scan.findingCounts}
            isWhole={scan.cutShort === undefined}
            isOpen={panes.areFindingsOpen}
            onToggle={() => model.arrange({ areFindingsOpen: !panes.areFindingsOpen })}
          />
        )}
      </div>
    </header>
  );
});

function Cost({ scan }: { readonly scan: ScanSummary }) {
  const { cyclesPerYear, cyclesPerYearUnused, cost } = scan;
  const lines = cost.map((line) => `${formatCount(line.cyclesPerYear)} cycles a year: ${line.label} (${line.note})`);
  return (
    <div class="cost" title={lines.join('\n')}>
      <span>
        <b>{formatCycles(cyclesPerYear)}</b> cycles a year
      </span>
      {cyclesPerYearUnused !== '0' && (
        <small title={`${formatCount(cyclesPerYearUnused)} cycles a year for unused bytes`}>
          {formatCycles(cyclesPerYearUnused)} of it for slack and free
        </small>
      )}
    </div>
  );
}

interface BadgeProps {
  readonly counts: ScanSummary['findingCounts'];
  /** True if the scan completed. Only then is it known that there are no findings. */
  readonly isWhole: boolean;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

const NOUNS: Readonly<Record<FindingRow['severity'], readonly [string, string]>> = {
  error: ['error', 'errors'],
  warning: ['warning', 'warnings'],
  information: ['note', 'notes'],
};

/** Shows the number of errors and warnings, as the view's icon and the Problems view do. Notes are not faults, and are said so. */
function Badge({ counts, isWhole, isOpen, onToggle }: BadgeProps) {
  const present = (['error', 'warning', 'information'] as const).filter((severity) => counts[severity] > 0);
  const [worst] = present;
  if (worst === undefined) return isWhole ? <span class="badge sound">no findings</span> : null;
  const counted = (severities: readonly FindingRow['severity'][]) =>
    severities.map((severity) => formatCounted(counts[severity], ...NOUNS[severity])).join(', ');
  const faults = present.filter((severity) => severity !== 'information');
  return (
    <button
      id="findings-badge"
      type="button"
      class={`badge ${worst}`}
      aria-expanded={isOpen}
      title={counted(present)}
      onClick={onToggle}
    >
      {faults.length > 0 && <SeverityIcon severity={worst} />}
      {faults.length > 0 ? counted(faults) : `no faults · ${counted(present)}`}
    </button>
  );
}
