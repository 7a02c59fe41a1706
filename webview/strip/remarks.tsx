import { useState } from 'preact/hooks';
import { formatCount } from '../../engine/core/format.ts';
import type { ScanSummary, Summary } from '../../engine/views/protocol.ts';

const SHOWN = 2;

interface Said {
  readonly summary: Summary;
  readonly scan: ScanSummary | undefined;
  /** Why the full scan failed. */
  readonly problem: string | undefined;
}

/** Sentences about the whole memory, in a quiet bar; the first ones until one asks for the others. */
export function Remarks({ summary, scan, problem }: Said) {
  const [isOpen, setOpen] = useState(false);
  const absent = summary.missing?.text.replace(/\.$/, '');
  const missing =
    absent === undefined ? [] : [`${absent}. What is missing is drawn dotted, and counts as neither free nor slack.`];
  const cutShort = problem ?? scan?.cutShort;
  const remarks = [...missing, ...(cutShort === undefined ? [] : [cutShort]), ...summary.remarks];
  const [first, ...others] = isOpen ? remarks : remarks.slice(0, SHOWN);
  if (first === undefined) return null;
  return (
    <div class="remarks" role="note">
      <p>
        <strong>{first}</strong> {others.join(' ')}
      </p>
      {remarks.length > SHOWN && (
        <button type="button" class="link" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Less' : `${formatCount(remarks.length - SHOWN)} more`}
        </button>
      )}
    </div>
  );
}
