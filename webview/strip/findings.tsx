import { formatAddress, formatCount, formatCounted } from '../../engine/format.ts';
import type { FindingRow, Survey } from '../../engine/protocol.ts';
import { keep } from '../hooks.ts';
import { SeverityIcon } from '../icons.tsx';
import type { EditorModel } from '../model.ts';
import type { Selection } from '../state.ts';

interface FindingsProps {
  readonly model: EditorModel;
  readonly survey: Survey | undefined;
  readonly selection: Selection | undefined;
}

/** The list of what is wrong, gravest first; a click selects the damaged bytes. */
export function Findings({ model, survey, selection }: FindingsProps) {
  const close = () => model.arrange({ areFindingsOpen: false });
  if (survey === undefined) return null;
  const { error, warning, information } = survey.findingCounts;
  const untold = error + warning + information - survey.findings.length;
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
        {survey.findings.map((finding, index) => (
          <li key={index}>
            <Finding
              finding={finding}
              saysCure={finding.code !== survey.findings[index - 1]?.code}
              isCurrent={selection !== undefined && selection.cursor === finding.at?.start}
              onSelect={(at) => model.select(at.start, { stretch: at })}
            />
          </li>
        ))}
        {untold > 0 && <li class="quiet">{formatCount(untold)} more are not listed here; the command line lists them all.</li>}
      </ul>
    </section>
  );
}

interface FindingProps {
  readonly finding: FindingRow;
  /** Neighbours of one code have one cure, which the first of them says. */
  readonly saysCure: boolean;
  readonly isCurrent: boolean;
  readonly onSelect: (at: NonNullable<FindingRow['at']>) => void;
}

function Finding({ finding, saysCure, isCurrent, onSelect }: FindingProps) {
  const { at, severity, message, means, cure, code, part, path } = finding;
  const text = (
    <>
      <SeverityIcon severity={severity} />
      <span class="sentence">
        {message}
        {saysCure && (
          <span class="cure">
            <b>What to do:</b> {cure}
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
