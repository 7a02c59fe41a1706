import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { formatAddress, formatExactBytes } from '../../engine/core/format.ts';
import type { Crumb, InspectorSection } from '../../engine/views/protocol.ts';
import { besideMap } from '../beside-map.tsx';
import { Chevron } from '../icons.tsx';
import { useOneTabStop } from '../keyboard/one-tab-stop.ts';
import type { Look } from '../look.ts';
import type { EditorModel } from '../state/model.ts';
import type { Selection, StateBesideMap } from '../state/state.ts';
import { CellSummary } from './cell-summary.tsx';
import { Data } from './data.tsx';
import { tokensOf } from './tokens.ts';

interface InspectorProps {
  readonly model: EditorModel;
  readonly state: StateBesideMap;
  readonly look: Look;
  /** Pixels. Undefined: as wide as the window. */
  readonly width: number | undefined;
}

/**
 * Shows everything about the selected byte: its owners as a breadcrumb, then details of the innermost. Sums up a selected cell of the map.
 */
export const Inspector = besideMap(function Inspector({ model, state, look, width }: InspectorProps) {
  const { panes, explanation, selection } = state;
  const isOpen = panes.isInspectorOpen;
  const isCell = selection?.isCell === true;
  const { result, error } = isCell ? { ...state.cell, result: undefined } : explanation;
  const label = isOpen ? 'Close the inspector' : 'Open the inspector';
  const pane = useRef<HTMLElement>(null);
  // Other bytes are read from the top. A step of a trace explains the same ones, and nothing moves.
  useLayoutEffect(() => {
    if (pane.current !== null) pane.current.scrollTop = 0;
  }, [isCell ? selection.range.start : result?.offset]);
  return (
    <aside
      ref={pane}
      class={isOpen ? 'inspector' : 'inspector closed'}
      data-pane
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls must be reachable with the keyboard.
      tabIndex={0}
      aria-label="Inspector"
      style={!isOpen || width === undefined ? {} : { width: `${width}px` }}
    >
      <div class="inspector-top">
        {isOpen &&
          (isCell ? (
            <span>Cell of the map</span>
          ) : result !== undefined && selection !== undefined ? (
            <Breadcrumb crumbs={result.crumbs} selection={selection} onSelect={(crumb) => model.selectCrumb(crumb)} />
          ) : (
            <span class="quiet">Nothing selected</span>
          ))}
        <button
          type="button"
          class="icon"
          aria-expanded={isOpen}
          aria-label={label}
          title={label}
          onClick={() => model.arrange({ isInspectorOpen: !isOpen })}
        >
          <Chevron direction={isOpen ? 'right' : 'left'} />
        </button>
      </div>
      {isOpen && error !== undefined && (
        <p class="problem" role="alert">
          {error}
        </p>
      )}
      {!isOpen ? null : isCell ? (
        <CellSummary model={model} state={state} look={look} />
      ) : result === undefined || selection === undefined ? (
        error === undefined && <p class="quiet">Click a cell of the map or a byte below to see what owns it and what it means.</p>
      ) : (
        <div class="story">
          {result.sections.map((section, index) => (
            <Section key={index} section={section} />
          ))}
          <Data model={model} state={state} />
        </div>
      )}
    </aside>
  );
});

interface BreadcrumbProps {
  readonly crumbs: readonly Crumb[];
  readonly selection: Selection;
  readonly onSelect: (crumb: Crumb) => void;
}

function Breadcrumb({ crumbs, selection: { range }, onSelect }: BreadcrumbProps) {
  const path = useRef<HTMLElement>(null);
  const keys = useOneTabStop(path);
  const isSelected = ({ at }: Crumb) => at?.start === range.start && at.length === range.length;
  const current = crumbs.findLastIndex(isSelected);
  return (
    <nav class="crumbs" aria-label="Owners of the selected byte" ref={path} {...keys}>
      {crumbs.length === 0 && <span class="quiet">These bytes have no owner.</span>}
      {crumbs.map((crumb, index) => (
        <span key={index} class="crumb">
          {crumb.at === undefined ? (
            crumb.label
          ) : (
            <button
              type="button"
              class="link"
              aria-current={index === current}
              title={`Select ${crumb.label}: ${formatAddress(crumb.at.start)}, ${formatExactBytes(crumb.at.length)}`}
              onClick={() => onSelect(crumb)}
            >
              {crumb.label}
            </button>
          )}
        </span>
      ))}
    </nav>
  );
}

function Row({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    <tr>
      <th scope="row">{label}</th>
      <td>{children}</td>
    </tr>
  );
}

function Section({ section: { title, rows, text } }: { readonly section: InspectorSection }) {
  return (
    <section>
      {title !== '' && <h2>{title}</h2>}
      {text !== undefined && (
        <pre class="value">
          {tokensOf(text).map((token, index) => (
            <span key={index} class={token.kind}>
              {token.text}
            </span>
          ))}
        </pre>
      )}
      {rows.length > 0 && (
        <table>
          <tbody>
            {rows.map(({ label, value, exact }, index) => (
              <Row key={index} label={label}>
                {exact !== undefined && value.startsWith('0x') ? (
                  <>
                    {value} <span class="quiet">({exact})</span>
                  </>
                ) : (
                  <span title={exact}>{value}</span>
                )}
              </Row>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
