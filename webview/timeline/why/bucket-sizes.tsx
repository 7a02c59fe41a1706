import { formatBytes, formatCounted } from '../../../engine/core/format.ts';
import type { TimelineModel } from '../state/timeline-model.ts';
import type { TimelineState } from '../state/timeline-state.ts';
import { SideSection } from './section.tsx';
import { SmallLine } from './small-line.tsx';

const PAGE_SIZE = 65_536;

/** Returns true if there is anything to say about bucket sizes. Only a trace of virtual memories has them. */
export function hasBucketSizes({ bucketSizes: { shown, error } }: TimelineState): boolean {
  return (shown?.result.length ?? 0) > 0 || error !== undefined;
}

/** Other bucket sizes with the same grows: what each would have reserved. */
export function BucketSizes({ model, state }: { readonly model: TimelineModel; readonly state: TimelineState }) {
  const runs = state.bucketSizes.shown?.result ?? [];
  const { error } = state.bucketSizes;
  if (!hasBucketSizes(state)) return null;
  const top = Math.max(0, ...runs.map(({ pagesOverTime }) => pagesOverTime.reduce((most, pages) => Math.max(most, pages), 0)));
  return (
    <SideSection model={model} state={state} name="bucketSizes" title="Same grows, other bucket sizes">
      {error !== undefined && <p class="problem">{error}</p>}
      <table class="runs">
        <thead class="announcement">
          <tr>
            <th>bucket</th>
            <th>pages over time</th>
            <th>reserved</th>
            <th>slack</th>
          </tr>
        </thead>
        <tbody>
          {runs.map(({ bucketPages, recorded, pages, slack, pagesOverTime }) => (
            <tr key={bucketPages} class={recorded ? 'recorded' : ''}>
              <th scope="row">
                {formatCounted(bucketPages, 'page')}
                {recorded && <span class="quiet"> · as recorded</span>}
              </th>
              <td class="line">
                <SmallLine figures={pagesOverTime} top={top} />
              </td>
              <td class="number">{formatBytes(pages * PAGE_SIZE)}</td>
              <td class="number quiet" title="Reserved bytes that no memory uses">
                {formatBytes(slack)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </SideSection>
  );
}
