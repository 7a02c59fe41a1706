import { useEffect } from 'preact/hooks';
import { formatBytes, formatCount } from '../../engine/core/format.ts';
import { consumeKey, useLook, useModelState, useSize } from '../hooks.ts';
import { Splitter } from '../splitter.tsx';
import { ChangeMapBand } from './changes/change-map.tsx';
import { Details } from './details/details.tsx';
import { EntryGrid } from './entries/entry-grid.tsx';
import { EntryTools } from './entries/entry-tools.tsx';
import { signedBytes, signedCycles } from './format.ts';
import { PairList } from './pairs/pair-list.tsx';
import type { CompareModel } from './state/compare-model.ts';
import { type CompareState, type Shown, shownOf } from './state/compare-state.ts';
import { Findings } from './structures/findings.tsx';
import { OtherLists } from './structures/other-lists.tsx';
import { StructureList } from './structures/structure-list.tsx';

/** Width from which the structures are beside the entries, in pixels. Below it they are above them. */
const MIN_DIVIDED = 900;
const MIN_LIST = 400;
const MIN_ENTRIES = 380;
const MIN_DETAILS = 80;

/** The whole view: what changed in a sentence, the structures, the entries of one of them, and the chosen entry. */
export function Compare({ model }: { readonly model: CompareModel }) {
  const state = useModelState(model);
  const shown = shownOf(state);
  const { stage } = state;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'F7' || event.altKey || event.ctrlKey || event.metaKey) return;
      consumeKey(event);
      model.goToDifference(event.shiftKey ? -1 : 1);
    };
    document.body.addEventListener('keydown', onKeyDown);
    return () => document.body.removeEventListener('keydown', onKeyDown);
  }, [model]);
  return (
    <main class="compare">
      {stage.kind === 'waiting' && <Progress model={model} text={stage.text} part={stage.part} />}
      {stage.kind === 'error' && (
        <div class="empty" role="alert">
          <h1>Nothing is compared</h1>
          <p>{stage.text}</p>
          <button type="button" class="tool" data-pane onClick={() => model.compareAgain()}>
            Compare Again
          </button>
        </div>
      )}
      {stage.kind === 'folders' && <PairList model={model} folders={stage} />}
      {shown !== undefined && <Panes model={model} state={state} shown={shown} />}
      <div class="announcement" aria-live="polite">
        {state.announcement}
      </div>
    </main>
  );
}

interface ProgressProps {
  readonly model: CompareModel;
  readonly text: string;
  readonly part: number | undefined;
}

function Progress({ model, text, part }: ProgressProps) {
  return (
    <div class="empty">
      <h1>Comparing two memories</h1>
      <p role="status">{text}…</p>
      <progress aria-label={text} max={1} {...(part === undefined ? {} : { value: part })} />
      <button type="button" class="tool" data-pane onClick={() => model.stop()}>
        Stop
      </button>
    </div>
  );
}

interface PanesProps {
  readonly model: CompareModel;
  readonly state: CompareState;
  readonly shown: Shown;
}

function Panes({ model, state, shown }: PanesProps) {
  const look = useLook();
  const [room, size] = useSize<HTMLDivElement>();
  const [width, height] = [size?.width ?? 0, size?.height ?? 0];
  const isDivided = width >= MIN_DIVIDED;
  const max = { entriesWidth: width - MIN_LIST, detailsHeight: height - 160 };
  const { arrangement } = state;
  const entriesWidth = Math.min(Math.max(arrangement.entriesShare * width, MIN_ENTRIES), max.entriesWidth);
  const detailsHeight = Math.min(Math.max(arrangement.detailsHeight, MIN_DETAILS), max.detailsHeight);
  return (
    <>
      <Heading model={model} shown={shown} />
      <Sentences shown={shown} />
      <ChangeMapBand model={model} state={state} look={look} />
      {[state.stale, state.error].map(
        (text, index) =>
          text !== undefined && (
            <p key={index === 0 ? 'stale' : 'error'} class="problem" role="alert">
              {text}{' '}
              <button type="button" class="link" onClick={() => model.compareAgain()}>
                Compare again
              </button>
            </p>
          ),
      )}
      <div class={isDivided ? 'body divided' : 'body'} ref={room}>
        <section class="lists" aria-label="What differs">
          <StructureList model={model} state={state} />
          <Findings summary={shown.summary} />
          <OtherLists summary={shown.summary} />
        </section>
        {isDivided && (
          <Splitter
            label="Width of the entries"
            orientation="vertical"
            value={entriesWidth}
            min={MIN_ENTRIES}
            max={max.entriesWidth}
            onChange={(wide) => model.arrange({ entriesShare: wide / width })}
          />
        )}
        <div class="side" style={isDivided ? { width: `${entriesWidth}px` } : {}}>
          <EntryTools model={model} state={state} />
          <EntryGrid model={model} state={state} look={look} />
          {isDivided && (
            <Splitter
              label="Height of the details"
              orientation="horizontal"
              value={detailsHeight}
              min={MIN_DETAILS}
              max={max.detailsHeight}
              onChange={(detailsHeight) => model.arrange({ detailsHeight })}
            />
          )}
          <Details model={model} state={state} shown={shown} height={isDivided ? detailsHeight : undefined} />
        </div>
      </div>
    </>
  );
}

function Heading({ model, shown: { summary, places } }: Omit<PanesProps, 'state'>) {
  const { before, after, cyclesPerYear, newFindings, goneFindings } = summary;
  const [added, gone] = [newFindings, goneFindings].map(({ items, more }) => items.length + more);
  return (
    <header>
      {(['before', 'after'] as const).map((side) => (
        <div key={side} class={`title ${side}`}>
          <h1 title={places[side].name}>
            <span class="announcement">{side}: </span>
            {summary[side].title}
          </h1>
          <p class="quiet" title={`${places[side].name}\n${summary[side].description}`}>
            {formatBytes(summary[side].bytes)} · {summary[side].description}
          </p>
        </div>
      ))}
      <button
        type="button"
        class="icon swap"
        title="Exchange before and after"
        aria-label="Exchange before and after"
        onClick={() => model.swap()}
      >
        <span aria-hidden="true">⇄</span>
      </button>
      <div class="total">
        <p class="number" title={`${formatCount(before.bytes)} → ${formatCount(after.bytes)} bytes`}>
          {before.bytes === after.bytes ? 'same size' : signedBytes(after.bytes - before.bytes)}
        </p>
        <p class="quiet">
          {cyclesPerYear !== '0' && `${signedCycles(cyclesPerYear)} cycles a year · `}
          findings: {formatCount(added ?? 0)} new, {formatCount(gone ?? 0)} gone
        </p>
      </div>
    </header>
  );
}

function Sentences({ shown: { summary } }: { readonly shown: Shown }) {
  const [first, ...others] = summary.sentences;
  return (
    <p class={summary.isComplete ? 'sentences' : 'sentences incomplete'}>
      <b>{first}</b> {others.join(' ')}
    </p>
  );
}
