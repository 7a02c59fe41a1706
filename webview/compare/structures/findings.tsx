import { formatCount } from '../../../engine/core/format.ts';
import type { ChangedFinding, ComparisonSummary, Listed } from '../../../engine/views/diff/calls.ts';
import { SeverityIcon } from '../../icons.tsx';

/** The findings that only one side has. */
export function Findings({ summary: { newFindings, goneFindings, keptFindings } }: { readonly summary: ComparisonSummary }) {
  return (
    <section
      class="other changed-findings"
      data-pane
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls must be reachable with the keyboard.
      tabIndex={0}
      aria-label="Findings, new and gone"
    >
      <h2 class="small-head">Findings, new and gone</h2>
      <List findings={newFindings} word="new" />
      <List findings={goneFindings} word="gone" />
      {newFindings.items.length + goneFindings.items.length === 0 && <p class="quiet">No finding is new, and none is gone.</p>}
      {keptFindings > 0 && (
        <p class="quiet">
          Both sides have {formatCount(keptFindings)} {keptFindings === 1 ? 'finding' : 'findings'}.
        </p>
      )}
    </section>
  );
}

interface ListProps {
  readonly findings: Listed<ChangedFinding>;
  readonly word: 'new' | 'gone';
}

function List({ findings: { items, more }, word }: ListProps) {
  return (
    <ul>
      {items.map(({ severity, message, code, part, remedy }, index) => (
        <li key={index} class={`changed-finding ${word}`}>
          <SeverityIcon severity={severity} />
          <span>
            <b>{word}</b> <span class="announcement">{severity}: </span>
            {message} {word === 'new' && <span class="quiet">{remedy} </span>}
            <small>
              {code} · {part}
            </small>
          </span>
        </li>
      ))}
      {more > 0 && (
        <li class="quiet">
          … and {formatCount(more)} more that are {word}: “stable-memory diff --json” lists all.
        </li>
      )}
    </ul>
  );
}
