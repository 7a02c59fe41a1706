import { useState } from 'preact/hooks';
import { formatCount } from '../../engine/core/format.ts';
import type { ScanSummary, Summary } from '../../engine/views/protocol.ts';

/** Number of remarks shown until the bar is expanded. */
const SHOWN = 2;

interface RemarksProps {
  readonly summary: Summary;
  readonly scan: ScanSummary | undefined;
  /** A sentence that says why the full scan failed. */
  readonly error: string | undefined;
}

/** Bar with remarks about the whole memory. Shows the first ones until the user expands it. */
export function Remarks({ summary, scan, error }: RemarksProps) {
  const [isOpen, setOpen] = useState(false);
  const absent = summary.missing?.text.replace(/\.$/, '');
  const missing =
    absent === undefined ? [] : [`${absent}. Missing bytes are drawn dotted. They count as neither free nor slack.`];
  const cutShort = error ?? scan?.cutShort;
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
