import type { ComparedRow } from '../../../engine/views/diff/calls.ts';
import { CHANGE_KINDS } from '../signs.ts';

/** The minimum share of a bar that can be seen. */
const MIN_SHARE = 0.02;

/** Shares of a structure's entries that were added, removed and changed, as a bar. The figures beside it say the same. */
export function Bars({ row }: { readonly row: ComparedRow }) {
  const all = Math.max(
    Number(row.before?.length ?? 0) + row.added,
    Number(row.after?.length ?? 0) + row.removed,
    row.added + row.removed + row.changed,
    1,
  );
  return (
    <span class="bars" aria-hidden="true">
      {CHANGE_KINDS.map(
        (kind) =>
          row[kind] > 0 && <i key={kind} class={kind} style={{ width: `${100 * Math.max(MIN_SHARE, row[kind] / all)}%` }} />,
      )}
    </span>
  );
}
