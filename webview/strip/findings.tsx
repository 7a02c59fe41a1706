import { useRef } from 'preact/hooks';
import { formatAddress, formatCount, formatCounted } from '../../engine/core/format.ts';
import type { ByteRange, FindingRow, ScanSummary } from '../../engine/views/protocol.ts';
import { consumeKey } from '../hooks.ts';
import { SeverityIcon } from '../icons.tsx';
import { useOneTabStop } from '../keyboard/one-tab-stop.ts';
import type { EditorModel } from '../state/model.ts';
import type { Selection } from '../state/state.ts';

interface FindingsProps {
  readonly model: EditorModel;
  readonly scan: ScanSummary | undefined;
  readonly selection: Selection | undefined;
  /** True for a snapshot. A step of a trace is not repaired. */
  readonly isSnapshot: boolean;
}

/** The list of findings, most severe first. A click selects the affected bytes. */
export function Findings({ model, scan, selection, isSnapshot }: FindingsProps) {
  const list = useRef<HTMLUListElement>(null);
  const keys = useOneTabStop(list);
  const close = () => {
    document.getElementById('findings-badge')?.focus();
    model.arrange({ areFindingsOpen: false });
  };
  if (scan === undefined) return null;
  const { error, warning, information } = scan.findingCounts;
  const shared = {
    selection,
    onSelect: (at: ByteRange) => model.select(at.start, { range: at }),
  };
  const unlisted = error + warning + information - scan.findings.length;
  return (
    <section
      class="findings"
      data-pane
      tabIndex={-1}
      aria-label="Findings"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        consumeKey(event);
        close();
      }}
    >
      <div class="band-title">
        <h2>{formatCounted(error + warning + information, 'finding')}</h2>
        <button type="button" class="link" onClick={() => model.runCommand('showFindings')}>
          Search…
        </button>
        {isSnapshot && error + warning > 0 && (
          <button type="button" class="link" onClick={() => model.runCommand('tryRepair')}>
            Try a Repair…
          </button>
        )}
        <button type="button" class="link" onClick={close}>
          Close
        </button>
      </div>
      <ul ref={list} {...keys}>
        {causesIn(scan.findings).map(({ finding, index, effects }, place, causes) => (
          <li key={index}>
            <Finding {...shared} finding={finding} showsRemedy={finding.code !== causes[place - 1]?.finding.code} />
            {effects.length > 0 && (
              <details class="effects">
                <summary>{formatCounted(effects.length + finding.more, 'finding')} caused by it</summary>
                <ul>
                  {effects.map((effect, number) => (
                    <li key={number}>
                      <Finding {...shared} finding={effect} showsRemedy={false} />
                    </li>
                  ))}
                </ul>
              </details>
            )}
            {finding.more > 0 && <p class="quiet">… and {formatCount(finding.more)} more like these.</p>}
          </li>
        ))}
        {unlisted > 0 && (
          <li class="quiet">{formatCount(unlisted)} more are not listed here. The command line lists all of them.</li>
        )}
      </ul>
    </section>
  );
}

interface Cause {
  readonly finding: FindingRow;
  readonly index: number;
  /** Findings that it caused. */
  readonly effects: readonly FindingRow[];
}

/** Groups findings under the finding that caused them. */
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
  /** True for the first of several findings with the same code, which share a remedy. */
  readonly showsRemedy: boolean;
  readonly selection: Selection | undefined;
  readonly onSelect: (at: ByteRange) => void;
}

function Finding({ finding, showsRemedy, selection, onSelect }: FindingProps) {
  const { at, severity, message, means, remedy, code, part, path } = finding;
  const isCurrent = selection !== undefined && selection.cursor === at?.start;
  const text = (
    <>
      <SeverityIcon severity={severity} />
      <span class="sentence">
        <span class="announcement">{severity}: </span>
        {message}
        {showsRemedy && (
          <span class="remedy">
            <b>What to do:</b> {remedy}
          </span>
        )}
        <small title={means}>
          {code} · {path.length > 0 ? path.join(' › ') : part}
        </small>
      </span>
      <span class="place">{at === undefined ? 'outside the image' : formatAddress(at.start)}</span>
    </>
  );
  return at === undefined ? (
    <div class="finding" role="note">
      {text}
    </div>
  ) : (
    <button type="button" class="finding" aria-current={isCurrent} onClick={() => onSelect(at)}>
      {text}
    </button>
  );
}
