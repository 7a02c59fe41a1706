import { useRef } from 'preact/hooks';
import { formatAddress, formatBytes, formatCount } from '../../engine/core/format.ts';
import { PICTURE_COLOURS, type PictureColour } from '../../engine/views/timeline/calls.ts';
import { useLook, useModelState, useSize } from '../hooks.ts';
import { SeverityIcon } from '../icons.tsx';
import { useOneTabStop } from '../keyboard/one-tab-stop.ts';
import type { Look } from '../look.ts';
import { Splitter } from '../splitter.tsx';
import { Blocks } from './blocks/blocks.tsx';
import { FlamePane } from './flame/flame.tsx';
import { ChartChoice, Lines } from './lines/lines.tsx';
import { Legend } from './picture/legend.tsx';
import { PicturePane } from './picture/picture-pane.tsx';
import { TABS, type Tab } from './state/saved.ts';
import type { TimelineModel } from './state/timeline-model.ts';
import { type Shown, sentenceOf, shownOf, stepName, type TimelineState } from './state/timeline-state.ts';
import { BucketSizes, hasBucketSizes } from './why/bucket-sizes.tsx';
import { PoliciesSection } from './why/policies.tsx';
import { Why } from './why/why.tsx';

/** Widths at which the side bar is beside the picture, in pixels. Below it is under it. */
const MIN_DIVIDED = 720;
const MIN_SIDE = 240;
/** Width of a digit beside the picture, in pixels. */
const DIGIT = 6.1;

/** The whole view: the sentence of the step, the picture with its lines and blocks, and why. */
export function Timeline({ model }: { readonly model: TimelineModel }) {
  const state = useModelState(model);
  const shown = shownOf(state);
  const { stage } = state;
  return (
    <main class="timeline">
      {stage.kind === 'waiting' && (
        <p class="empty quiet" role="status">
          Reading the trace…
        </p>
      )}
      {stage.kind === 'error' && (
        <div class="empty" role="alert">
          <h1>The trace cannot be shown</h1>
          <p>{stage.text}</p>
        </div>
      )}
      {stage.kind === 'shown' && shown === undefined && <NothingToDraw />}
      {shown !== undefined && <Panes model={model} state={state} shown={shown} />}
      <div class="announcement" aria-live="polite">
        {state.announcement}
      </div>
    </main>
  );
}

interface PanesProps {
  readonly model: TimelineModel;
  readonly state: TimelineState;
  readonly shown: Shown;
}

function Panes({ model, state, shown }: PanesProps) {
  const look = useLook();
  const [room, size] = useSize<HTMLDivElement>();
  const width = size?.width ?? 0;
  const isDivided = width >= MIN_DIVIDED;
  const sideWidth = Math.min(state.arrangement.sideWidth, width * 0.5);
  const hasSide = shown.space.draws === 'blocks' || hasBucketSizes(state);
  return (
    <>
      <Heading model={model} state={state} shown={shown} />
      <div class={isDivided ? 'body divided' : 'body'} ref={room}>
        <div class="pictures">
          {state.arrangement.tab === 'flame' ? (
            <FlamePane model={model} state={state} look={look} />
          ) : (
            <Time model={model} state={state} shown={shown} look={look} />
          )}
        </div>
        {isDivided && hasSide && (
          <Splitter
            label="Width of the side bar"
            orientation="vertical"
            value={sideWidth}
            min={MIN_SIDE}
            max={width * 0.5}
            onChange={(sideWidth) => model.arrange({ sideWidth })}
          />
        )}
        {hasSide && (
          <aside
            data-pane
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls must be reachable with the keyboard.
            tabIndex={0}
            style={isDivided ? { width: `${sideWidth}px` } : {}}
            aria-label="Why, and other policies"
          >
            {shown.space.draws === 'blocks' && <Why model={model} state={state} />}
            {shown.space.draws === 'blocks' && shown.summary.policies.length > 0 && (
              <PoliciesSection model={model} state={state} />
            )}
            <BucketSizes model={model} state={state} />
          </aside>
        )}
      </div>
    </>
  );
}

function Time({ model, state, shown, look }: PanesProps & { readonly look: Look }) {
  return (
    <div class="time" style={{ '--ruler': `${Math.ceil(formatAddress(shown.space.bytes).length * DIGIT)}px` }}>
      <div class="tools">
        <Legend model={model} state={state} shown={shown} look={look} />
      </div>
      {[state.picture.error, state.series.error, state.blocks.error].map(
        (error) =>
          error !== undefined && (
            <p key={error} class="problem" role="alert">
              {error}
            </p>
          ),
      )}
      <PicturePane model={model} state={state} shown={shown} look={look} />
      <Lines model={model} state={state} shown={shown} look={look} />
      {shown.space.draws === 'blocks' && <Blocks model={model} state={state} shown={shown} look={look} />}
      <ChartChoice model={model} state={state} />
    </div>
  );
}

const TAB_NAMES: Readonly<Record<Tab, string>> = { addresses: 'Addresses over time', flame: 'Flame graph' };
const COLOUR_NAMES: Readonly<Record<PictureColour, string>> = { size: 'size', message: 'message', stack: 'call' };

/** The sentence of the present step, and the choice of what is shown. */
function Heading({ model, state, shown }: PanesProps) {
  const tabs = useRef<HTMLDivElement>(null);
  const keys = useOneTabStop(tabs);
  const { summary, space, path } = shown;
  const { tab, colour } = state.arrangement;
  const sentence = sentenceOf(state);
  const size = [`${formatCount(summary.steps)} steps`, formatBytes(space.bytes), space.policy].filter(
    (part) => part !== undefined,
  );
  return (
    <header>
      <h1 class="moment">
        <b class="number">{stepName(state.step, summary)}</b>
        {sentence?.isFault === true && <SeverityIcon severity="error" />}
        <span class={sentence?.isFault === true ? 'fault-text' : ''} title={sentence?.text}>
          {sentence?.text}
        </span>
      </h1>
      {summary.cutShort !== undefined && <p class="quiet">{summary.cutShort}</p>}
      <div class="choices">
        <div class="tabs" role="tablist" aria-label="Views" ref={tabs} {...keys}>
          {TABS.filter((each) => each === 'addresses' || space.draws === 'blocks').map((each) => (
            <button key={each} type="button" role="tab" aria-selected={tab === each} onClick={() => model.arrange({ tab: each })}>
              {TAB_NAMES[each]}
            </button>
          ))}
        </div>
        {summary.spaces.length > 1 && (
          <label>
            <span>of</span>
            <select value={space.space} onChange={(event) => model.chooseSpace(Number(event.currentTarget.value))}>
              {summary.spaces.map((each) => (
                <option key={each.space} value={each.space}>
                  {each.name}
                </option>
              ))}
            </select>
          </label>
        )}
        {space.draws === 'blocks' && tab === 'addresses' && (
          <label>
            <span>colour by</span>
            <select
              value={colour}
              onChange={(event) => {
                const chosen = PICTURE_COLOURS.find((each) => each === event.currentTarget.value);
                if (chosen !== undefined) model.arrange({ colour: chosen });
              }}
            >
              {PICTURE_COLOURS.map((each) => (
                <option key={each} value={each}>
                  {COLOUR_NAMES[each]}
                </option>
              ))}
            </select>
          </label>
        )}
        <span class="quiet facts" title={path}>
          {summary.spaces.length === 1 && `${space.name} · `}
          {size.join(' · ')}
        </span>
      </div>
    </header>
  );
}

function NothingToDraw() {
  return (
    <div class="empty">
      <h1>This trace has nothing to draw over time</h1>
      <p>
        Here are the blocks of allocators, and what is read and written of memories, over the steps of a trace. None of this
        trace's steps allocates, reads or writes.
      </p>
    </div>
  );
}
