import { formatBytes, formatCount, formatCounted } from '../../../engine/core/format.ts';
import type { ChangedBytes, ChangedThing, ComparisonSummary, Listed } from '../../../engine/views/diff/calls.ts';
import { signedBytes, signedCycles } from '../format.ts';
import { SIGNS } from '../signs.ts';

/** Other differences: memories, stable variables, and the use and owners of bytes. */
export function OtherLists({ summary }: { readonly summary: ComparisonSummary }) {
  const { memories, variables, uses, owners } = summary;
  return (
    <>
      <Things title="Memories" things={memories} />
      <Things title="Stable variables" things={variables} />
      <Bytes title="Use of bytes" rows={uses.filter(({ before, after }) => before + after > 0)} />
      <Bytes title="Bytes by owner" rows={owners.items} more={owners.more} />
    </>
  );
}

function Things({ title, things: { items, more } }: { readonly title: string; readonly things: Listed<ChangedThing> }) {
  if (items.length === 0) return null;
  return (
    <section class="other">
      <h2 class="small-head">{title}</h2>
      <ul>
        {items.map(({ name, change, text }) => (
          <li key={name} class="thing">
            <span class={`sign ${change}`} aria-hidden="true">
              {SIGNS[change]}
            </span>
            <span class="name">
              <span class="announcement">{change}: </span>
              {name}
            </span>
            <span class="text" title={text}>
              {text}
            </span>
          </li>
        ))}
      </ul>
      <More count={more} />
    </section>
  );
}

interface BytesProps {
  readonly title: string;
  readonly rows: readonly ChangedBytes[];
  readonly more?: number;
}

function Bytes({ title, rows, more = 0 }: BytesProps) {
  if (rows.length === 0) return null;
  const hasCost = rows.some(({ cyclesPerYear }) => cyclesPerYear !== '0');
  return (
    <section class="other">
      <table class="bytes-table">
        <thead>
          <tr>
            <th scope="col" class="small-head">
              {title}
            </th>
            <th scope="col" class="small-head figure was">
              before
            </th>
            <th scope="col" class="small-head figure">
              after
            </th>
            <th scope="col" class="small-head figure">
              change
            </th>
            {hasCost && (
              <th scope="col" class="small-head figure cost">
                cycles a year
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, before, after, text, cyclesPerYear }) => (
            <tr key={name} class={before === after && text === '' ? 'quiet' : ''} title={text}>
              <th scope="row">
                {name}
                {text !== '' && <small>{text}</small>}
              </th>
              <td class="figure was" title={formatCounted(before, 'byte')}>
                {formatBytes(before)}
              </td>
              <td class="figure" title={formatCounted(after, 'byte')}>
                {formatBytes(after)}
              </td>
              <td class="figure" title={`${formatCount(after - before)} bytes`}>
                {signedBytes(after - before)}
              </td>
              {hasCost && <td class="figure cost">{signedCycles(cyclesPerYear)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      <More count={more} />
    </section>
  );
}

function More({ count }: { readonly count: number }) {
  return count === 0 ? null : <p class="none quiet">… and {formatCount(count)} more: “stable-memory diff --json” lists all.</p>;
}
