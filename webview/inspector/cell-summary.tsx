import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { formatAddress, formatBytes, formatCount, formatExactBytes } from '../../engine/core/format.ts';
import type { FindingRow, MapOwner } from '../../engine/views/protocol.ts';
import { cssColour } from '../colour.ts';
import { formatShare } from '../format.ts';
import { SeverityIcon } from '../icons.tsx';
import { useOneTabStop } from '../keyboard/one-tab-stop.ts';
import { type Look, ownerColour } from '../look.ts';
import type { Cell, Part } from '../map/cell.ts';
import { findingsIn } from '../map/cell-text.ts';
import { colourOf, fillText, lastWriteText } from '../map/colouring.ts';
import { goIn } from '../map/moves.ts';
import { cellAt } from '../map/sample.ts';
import type { EditorModel } from '../state/model.ts';
import { colouringOf, imageOf, type StateBesideMap } from '../state/state.ts';
import { USE_MEANINGS, USE_NAMES } from '../strip/usage.ts';

interface CellSummaryProps {
  readonly model: EditorModel;
  readonly state: StateBesideMap;
  readonly look: Look;
}

/** Maximum findings that are listed. */
const MAX_FINDINGS = 12;

/** Sums up the selected cell of the map: its owners with their shares and uses, and its findings. */
export function CellSummary({ model, state, look }: CellSummaryProps) {
  const range = state.selection?.range;
  const { result } = state.cell;
  const cell = range === undefined || result?.from !== range.start ? undefined : cellAt(result, range.start);
  if (range === undefined || result === undefined || cell === undefined || result.bytesPerCell !== range.length) return null;
  const step = imageOf(state)?.summary.step;
  const lastWrite = lastWriteText(cell.lastWrite, step, result.lastWrites);
  const findings = findingsIn(state.scan, range.start, range.length);
  const colouring = colouringOf(state);
  return (
    <div class="story cell-summary">
      <table>
        <tbody>
          <Row label="addresses">
            {formatAddress(range.start)} – {formatAddress(range.start + range.length)}
          </Row>
          <Row label="size" title={formatExactBytes(range.length)}>
            {formatBytes(range.length)}
          </Row>
          <Row label="fill">{fillText(cell) ?? 'not counted yet'}</Row>
          {lastWrite !== undefined && <Row label="last write">{lastWrite}</Row>}
        </tbody>
      </table>
      <p>
        <button type="button" class="link" onClick={() => goIn(model, result, state.scan, range.start)}>
          Go into it
        </button>{' '}
        <span class="quiet">Enter, or a double click</span>
      </p>
      {ownersIn(cell).map(({ owner, parts, bytes }) => (
        <section key={owner.part}>
          <h2>
            <span
              class="dot"
              style={{ background: cssColour(ownerColour(look, colourOf(owner, colouring))) }}
              aria-hidden="true"
            />
            {owner.label}
            <span class="share">{formatShare(bytes, range.length)}</span>
          </h2>
          <table>
            <tbody>
              {parts.map(({ use, bytes: each }) => (
                <tr key={use} title={USE_MEANINGS[use]}>
                  <th scope="row">
                    <span class={`swatch ${use}`} aria-hidden="true" /> {USE_NAMES[use]}
                  </th>
                  <td title={formatExactBytes(Math.round(each))}>
                    {formatBytes(Math.round(each))} <span class="quiet">{formatShare(each, range.length)}</span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      ))}
      {findings.length > 0 && <Findings model={model} findings={findings} />}
    </div>
  );
}

function Row({
  label,
  title,
  children,
}: {
  readonly label: string;
  readonly title?: string;
  readonly children: ComponentChildren;
}) {
  return (
    <tr>
      <th scope="row">{label}</th>
      <td title={title}>{children}</td>
    </tr>
  );
}

function Findings({ model, findings }: { readonly model: EditorModel; readonly findings: readonly FindingRow[] }) {
  const list = useRef<HTMLUListElement>(null);
  const keys = useOneTabStop(list);
  return (
    <section>
      <h2>Findings in it</h2>
      <ul class="cell-findings" ref={list} {...keys}>
        {findings.slice(0, MAX_FINDINGS).map(({ severity, message, at }, index) => (
          <li key={index}>
            <button
              type="button"
              class="plain"
              onClick={() => {
                if (at !== undefined) model.select(at.start, { range: at });
              }}
            >
              <SeverityIcon severity={severity} />
              <span>{message}</span>
            </button>
          </li>
        ))}
        {findings.length > MAX_FINDINGS && <li class="quiet">… and {formatCount(findings.length - MAX_FINDINGS)} more.</li>}
      </ul>
    </section>
  );
}

interface OwnerInCell {
  readonly owner: MapOwner;
  readonly parts: readonly Part[];
  readonly bytes: number;
}

/** Returns the owners of a cell's bytes, the one with the most bytes first, each with its uses. */
function ownersIn({ parts }: Cell): readonly OwnerInCell[] {
  const owners = Map.groupBy(parts, ({ owner }) => owner.part);
  return [...owners.values()]
    .flatMap((own): OwnerInCell[] => {
      const [first] = own;
      if (first === undefined) return [];
      return [{ owner: first.owner, parts: own, bytes: own.reduce((sum, { bytes }) => sum + bytes, 0) }];
    })
    .sort((a, b) => b.bytes - a.bytes);
}
