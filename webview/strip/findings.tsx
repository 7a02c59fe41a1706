import { formatAddress, formatCount, formatCounted } from '../../engine/core/format.ts';
import type { ByteRange, FindingRow, ScanSummary } from '../../engine/views/protocol.ts';
import { keep } from '../hooks.ts';
import { SeverityIcon } from '../icons.tsx';
import type { EditorModel } from '../state/model.ts';
import type { Selection } from '../state/state.ts';

interface FindingsProps {
  readonly model: EditorModel;
  readonly scan: ScanSummary | undefined;
  readonly selection: Selection | undefined;
}

/** The list of what is wrong, gravest first; a click selects the damaged bytes. */
export function Findings({ model, scan, selection }: FindingsProps) {
  const close = () => model.arrange({ areFindingsOpen: false });
  if (scan === undefined) return null;
  const { error, warning, information } = scan.findingCounts;
  const shared = {
    selection,
    onSelect: (at: ByteRange) => model.select(at.start, { stretch: at }),
  };
  const untold = error + warning + information - scan.findings.length;
  return (
    <section
      class="findings"
      aria-label="Findings"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        keep(event);
        close();
      }}
    >
      <div class="band-title">
        <h2>{formatCounted(error + warning + information, 'finding')}</h2>
        <button type="button" class="link" onClick={() => model.tell('showFindings')}>
          Search…
        </button>
        <button type="button" class="link" onClick={close}>
          Close
        </button>
      </div>
      <ul>
        {causesIn(scan.findings).map(({ finding, index, effects }, place, causes) => (
          <li key={index}>
            <Finding {...shared} finding={finding} saysCure={finding.code !== causes[place - 1]?.finding.code} />
            {effects.length > 0 && (
              <details class="effects">
                <summary>{formatCounted(effects.length + finding.more, 'finding')} that follow from it</summary>
                <ul>
                  {effects.map((effect, number) => (
                    <li key={number}>
                      <Finding {...shared} finding={effect} saysCure={false} />
                    </li>
                  ))}
                </ul>
              </details>
            )}
            {finding.more > 0 && <p class="quiet">… and {formatCount(finding.more)} more like these.</p>}
          </li>
        ))}
        {untold > 0 && <li class="quiet">{formatCount(untold)} more are not listed here; the command line lists them all.</li>}
      </ul>
    </section>
  );
}

interface Cause {
  readonly finding: FindingRow;
  readonly index: number;
  /** What follows from it. */
  readonly effects: readonly FindingRow[];
}

/** Puts findings under those that they follow from. */
function causesIn(findings: readonly FindingRow[]): readonly Cause[] {
  const causes = new Map<number, Cause & { readonly effects: FindingRow[] }>();
  findings.forEach((finding, index) => {
    const cause = finding.causedBy === undefined ? undefined : causes.get(finding.causedBy);
    if (cause === undefined) causes.set(index, { finding, index, effects: [] });
    else cause.effects.push(finding);
  });
  return [...causes.values()];
}

interface FindingProps {
  readonly finding: FindingRow;
  /** Neighbours of one code have one remedy, which the first of them says. */
  readonly saysCure: boolean;
  readonly selection: Selection | undefined;
  readonly onSelect: (at: ByteRange) => void;
}

function Finding({ finding, saysCure, selection, onSelect }: FindingProps) {
  const { at, severity, message, means, remedy, code, part, path } = finding;
  const isCurrent = selection !== undefined && selection.cursor === at?.start;
  const text = (
    <>
      <SeverityIcon severity={severity} />
      <span class="sentence">
        {message}
        {saysCure && (
          <span class="remedy">
            <b>What to do:</b> {remedy}
          </span>
        )}
        <small title={means}>
          {code} · {path.length > 0 ? path.join(' › ') : part}
        </small>
      </span>
      <span class="place">{at === undefined ? 'outside of the image' : formatAddress(at.start)}</span>
    </>
  );
  const label = `${severity}: ${message}`;
  return at === undefined ? (
    <div class="finding" role="note" aria-label={label}>
      {text}
    </div>
  ) : (
    <button type="button" class="finding" aria-label={label} aria-current={isCurrent} onClick={() => onSelect(at)}>
      {text}
    </button>
  );
}
