import { useRef } from 'preact/hooks';
import { formatBytes, formatCount, formatCounted, formatExactBytes } from '../../../engine/core/format.ts';
import type { PolicyRun } from '../../../engine/views/timeline/calls.ts';
import { useOneTabStop } from '../../keyboard/one-tab-stop.ts';
import type { TimelineModel } from '../state/timeline-model.ts';
import type { TimelineState } from '../state/timeline-state.ts';
import { SideSection } from './section.tsx';
import { SmallLine } from './small-line.tsx';

interface PoliciesProps {
  readonly model: TimelineModel;
  readonly state: TimelineState;
}

/** Other policies with the same requests, side by side: what each would have done. */
export function PoliciesSection({ model, state }: PoliciesProps) {
  const table = useRef<HTMLTableElement>(null);
  const keys = useOneTabStop(table);
  const { runs, running, error } = state.policies;
  const top = Math.max(0, ...runs.map(({ sizes }) => sizes.reduce((most, size) => Math.max(most, size), 0)));
  return (
    <SideSection model={model} state={state} name="policies" title="Same requests, other policies">
      {runs.length === 0 && running === undefined && error === undefined && (
        <p>
          <button type="button" class="link" onClick={() => model.comparePolicies()}>
            Simulate the other policies
          </button>
        </p>
      )}
      {runs.length > 0 && (
        <table class="runs" ref={table} {...keys}>
          <thead class="announcement">
            <tr>
              <th>faults and differences</th>
              <th>size over time</th>
              <th>size</th>
            </tr>
          </thead>
          {runs.map((run) => (
            <Run key={run.policy} run={run} top={top} onGo={(step) => model.visit(step)} />
          ))}
        </table>
      )}
      {running !== undefined && <p class="quiet">Simulating {running}…</p>}
      {error !== undefined && <p class="problem">{error}</p>}
    </SideSection>
  );
}

interface RunProps {
  readonly run: PolicyRun;
  readonly top: number;
  readonly onGo: (step: number) => void;
}

function Run({ run, top, onGo }: RunProps) {
  const { policy, recorded, size, overlaps, faults, firstDifference, firstOverlap, sizes, freeBlocks, largestFree, peakLive } =
    run;
  const details = [
    formatExactBytes(size),
    `${formatBytes(peakLive)} live at most`,
    `${formatCounted(freeBlocks, 'free block')} at the end, the largest of ${formatBytes(largestFree)}`,
  ].join('; ');
  return (
    <tbody class={recorded ? 'recorded' : ''}>
      <tr>
        <th scope="rowgroup" colSpan={3}>
          {policy}
        </th>
      </tr>
      <tr title={details}>
        <td class="verdict">
          {overlaps === 0 ? (
            <span class="good">no overlap</span>
          ) : (
            <span>
              <span class="bad">{formatCounted(overlaps, 'overlap')}</span>
              {firstOverlap !== undefined && <GoTo text=", first at" step={firstOverlap} onGo={onGo} />}
            </span>
          )}
          {faults > overlaps && <span class="bad">{formatCounted(faults - overlaps, 'other fault')}</span>}
          <span class="quiet">
            {recorded && 'as recorded'}
            {!recorded && firstDifference === undefined && 'the same addresses'}
            {!recorded && firstDifference !== undefined && <GoTo text="differs from" step={firstDifference} onGo={onGo} />}
          </span>
        </td>
        <td class="line">
          <SmallLine figures={sizes} top={top} />
        </td>
        <td class="number">{formatBytes(size)}</td>
      </tr>
    </tbody>
  );
}

function GoTo({ text, step, onGo }: { readonly text: string; readonly step: number; readonly onGo: (step: number) => void }) {
  return (
    <>
      {text}{' '}
      <button type="button" class="link number" onClick={() => onGo(step)}>
        #{formatCount(step)}
      </button>
    </>
  );
}
