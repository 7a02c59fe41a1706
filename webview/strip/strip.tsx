import type { FindingRow, Summary, Survey } from '../../engine/protocol.ts';
import { formatCount, formatCounted, formatCycles } from '../format.ts';
import { SeverityIcon } from '../icons.tsx';
import type { EditorModel } from '../model.ts';
import type { EditorState } from '../state.ts';
import { UsageBar } from './usage-bar.tsx';

interface StripProps {
  readonly model: EditorModel;
  readonly state: EditorState;
  readonly summary: Summary;
}

/** The memory in one glance: what it is, what becomes of its bytes, what it costs, what is wrong. */
export function Strip({ model, state, summary }: StripProps) {
  const { survey, panes } = state;
  return (
    <header class="strip">
      <div class="identity">
        <h1 title={summary.title}>{summary.title}</h1>
        <p title={summary.subtitle}>{summary.subtitle}</p>
      </div>
      {summary.hasImage ? <UsageBar model={model} state={state} summary={summary} /> : <span />}
      <div class="verdict">
        {survey !== undefined && summary.bytes > 0 && <Cost survey={survey} />}
        {survey !== undefined && (
          <Badge
            counts={survey.findingCounts}
            isOpen={panes.areFindingsOpen}
            onToggle={() => model.arrange({ areFindingsOpen: !panes.areFindingsOpen })}
          />
        )}
      </div>
    </header>
  );
}

function Cost({ survey }: { readonly survey: Survey }) {
  const { cyclesPerYear, cyclesPerYearUnused } = survey;
  return (
    <div class="cost" title={`${formatCount(cyclesPerYear)} cycles a year for storing it`}>
      <span>
        <b>{formatCycles(cyclesPerYear)}</b> cycles a year
      </span>
      {cyclesPerYearUnused !== '0' && (
        <small title={`${formatCount(cyclesPerYearUnused)} cycles a year for bytes that hold nothing`}>
          {formatCycles(cyclesPerYearUnused)} of it for slack and free
        </small>
      )}
    </div>
  );
}

interface BadgeProps {
  readonly counts: Survey['findingCounts'];
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

const NOUNS: Readonly<Record<FindingRow['severity'], readonly [string, string]>> = {
  error: ['error', 'errors'],
  warning: ['warning', 'warnings'],
  information: ['note', 'notes'],
};

/** Counts the findings of the gravest kind; the others stand in its hover and in the list that it opens. */
function Badge({ counts, isOpen, onToggle }: BadgeProps) {
  const present = (['error', 'warning', 'information'] as const).filter((severity) => counts[severity] > 0);
  const [gravest] = present;
  if (gravest === undefined) return <span class="badge sound">no findings</span>;
  const all = present.map((severity) => formatCounted(counts[severity], ...NOUNS[severity])).join(', ');
  return (
    <button type="button" class={`badge ${gravest}`} aria-expanded={isOpen} title={all} onClick={onToggle}>
      <SeverityIcon severity={gravest} />
      {formatCounted(counts[gravest], ...NOUNS[gravest])}
    </button>
  );
}
