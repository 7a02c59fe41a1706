import { useRef } from 'preact/hooks';
import { formatAddress, formatCount, formatCounted } from '../../../engine/core/format.ts';
import type { WhyHere, WhyStep } from '../../../engine/views/timeline/calls.ts';
import { useOneTabStop } from '../../keyboard/one-tab-stop.ts';
import type { TimelineModel } from '../state/timeline-model.ts';
import type { TimelineState } from '../state/timeline-state.ts';
import { SideSection } from './section.tsx';

interface WhyProps {
  readonly model: TimelineModel;
  readonly state: TimelineState;
}

/** Why the allocator answered as it did: what it looked at, in its order, and what it chose. */
export function Why({ model, state }: WhyProps) {
  const { shown, error } = state.why;
  const why = shown?.result;
  const { step } = state;
  const isLate = shown !== undefined && shown.params.step !== step;
  return (
    <SideSection model={model} state={state} name="why" title={why?.title ?? 'Why here?'}>
      {error !== undefined && <p class="problem">{error}</p>}
      {isLate && (
        <p class="late">
          Step {formatCount(shown.params.step)}. Going to step {formatCount(step)} …
        </p>
      )}
      {why === undefined ? (
        <p class="quiet">At a step that allocates or frees, this says why the allocator answered as it did.</p>
      ) : (
        <Reasons why={why} model={model} />
      )}
    </SideSection>
  );
}

/** The signs of verdicts, beside their colours. */
const VERDICTS: Readonly<Record<WhyStep['verdict'], { readonly sign: string; readonly name: string }>> = {
  'passed-over': { sign: '–', name: 'passed over' },
  chosen: { sign: '✓', name: 'chosen' },
  seen: { sign: '·', name: 'seen' },
  wrong: { sign: '✗', name: 'wrong' },
};

function Reasons({ why, model }: { readonly why: WhyHere; readonly model: TimelineModel }) {
  const table = useRef<HTMLTableElement>(null);
  const keys = useOneTabStop(table);
  return (
    <>
      <p class="quiet">{formatCounted(why.freeBlocks, 'free block')} before this step.</p>
      {why.steps.length > 0 && (
        <table class="reasons" ref={table} {...keys}>
          <caption class="announcement">What the policy looked at, in its order</caption>
          <tbody>
            {why.steps.map(({ text, figure, address, verdict }, index) => (
              <tr key={index} class={verdict}>
                <td class="sign" title={VERDICTS[verdict].name}>
                  <span aria-hidden="true">{VERDICTS[verdict].sign}</span>
                  <span class="announcement">{VERDICTS[verdict].name}</span>
                </td>
                <td>
                  {address === undefined ? (
                    text
                  ) : (
                    <button
                      type="button"
                      class="link"
                      title={`Show ${formatAddress(address)} in the picture`}
                      onClick={() => model.showAddress(address)}
                    >
                      {text}
                    </button>
                  )}
                </td>
                <td class="number">{figure}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {why.unlisted > 0 && <p class="quiet">{formatCounted(why.unlisted, 'more step')} not listed.</p>}
      {why.text.map((sentence, index) => (
        <p key={index}>{sentence}</p>
      ))}
      {why.better !== undefined && (
        <p class="quiet">
          {why.better} does not have this defect.{' '}
          <button
            type="button"
            class="link"
            onClick={() => {
              model.showComparison();
              document.getElementById('section-policies')?.scrollIntoView({ block: 'nearest' });
            }}
          >
            Compare the policies
          </button>
        </p>
      )}
    </>
  );
}
