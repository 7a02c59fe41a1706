import { useRef } from 'preact/hooks';
import type { BlocksAtStep, Series, SeriesName } from '../../../engine/views/timeline/calls.ts';
import { cssColour } from '../../colour.ts';
import { useFrame, useSize } from '../../hooks.ts';
import { useOneTabStop } from '../../keyboard/one-tab-stop.ts';
import type { Look } from '../../look.ts';
import { axisOfSteps, placeAt, placeOfStep, shareAt, stepAtPlace } from '../state/axis.ts';
import type { Latest } from '../state/latest.ts';
import type { TimelineModel } from '../state/timeline-model.ts';
import { fragmentation, type Shown, type TimelineState } from '../state/timeline-state.ts';
import { CHARTS, type ChartName, chartsWith, figureAt, formatFigure } from './charts.ts';
import { type Curves, lineColour, paintChart } from './paint-lines.ts';

interface LinesProps {
  readonly model: TimelineModel;
  readonly state: TimelineState;
  readonly shown: Shown;
  readonly look: Look;
}

/** The charts below the picture, on the same axis of steps. */
export function Lines({ model, state, shown, look }: LinesProps) {
  const series = (state.series.shown ?? state.overviewSeries.shown)?.result ?? [];
  const offered = chartsWith(series);
  const { charts } = state.arrangement;
  return (
    <section class="lines" aria-label="Figures over time">
      {offered
        .filter((name) => charts.includes(name))
        .map((name) => (
          <ChartView key={name} name={name} model={model} state={state} shown={shown} look={look} />
        ))}
    </section>
  );
}

/** Chooses which charts are shown. */
export function ChartChoice({ model, state }: Pick<LinesProps, 'model' | 'state'>) {
  const list = useRef<HTMLDivElement>(null);
  const keys = useOneTabStop(list);
  const offered = chartsWith((state.series.shown ?? state.overviewSeries.shown)?.result ?? []);
  const { charts } = state.arrangement;
  const toggle = (name: ChartName) =>
    model.arrange({ charts: charts.includes(name) ? charts.filter((each) => each !== name) : [...charts, name] });
  return (
    <div class="more" role="toolbar" aria-label="Charts" ref={list} {...keys}>
      {offered.map((name) => (
        <button key={name} type="button" class="chip" aria-pressed={charts.includes(name)} onClick={() => toggle(name)}>
          {CHARTS[name].title}
        </button>
      ))}
    </div>
  );
}

function ChartView({ name, model, state, shown, look }: LinesProps & { readonly name: ChartName }) {
  const [field, size] = useSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const isDown = useRef(false);
  const chart = CHARTS[name];
  const { width = 0, height = 0 } = size ?? {};
  const curves = [state.overviewSeries, state.series].flatMap(curvesOf);
  const latest = curves.at(-1);
  const lines = chart.lines.filter(({ series }) => latest?.series.some(({ name }) => name === series));
  const peaks = lines.map(({ series }) => latest?.series.find((each) => each.name === series));
  const peak = Math.max(0, ...peaks.map((each) => each?.peak ?? 0));
  useFrame(() => {
    if (canvas.current === null || width === 0) return;
    const screen = { width, height, steps: state.steps, look };
    paintChart(canvas.current, screen, chart, { curves, peak, step: state.step, cursor: state.cursor?.step });
  });
  const figure = (wanted: SeriesName) => figureText(name, figuresOf(state, wanted, curves));
  const stepUnder = (event: PointerEvent) => stepAtPlace(placeAt(state.steps, event.offsetX / width), shown.summary.steps);
  const blocks = state.blocks.shown?.result;
  return (
    <div class="chart">
      <div class="chart-title">
        {lines.map(({ series, label, colour, stroke }) => (
          <span key={series} class="line-key">
            <svg
              width="16"
              height="8"
              viewBox="0 0 16 8"
              aria-hidden="true"
              style={{ color: cssColour(lineColour(look, colour)) }}
            >
              <path
                d="M1 4h14"
                stroke-width={stroke === 'strong' ? 2.4 : 1.4}
                stroke-dasharray={stroke === 'dashed' ? '4 2.5' : 'none'}
              />
            </svg>
            {label} <b class="number">{figure(series)}</b>
          </span>
        ))}
        {name === 'free' && blocks !== undefined && blocks.free.bytes > 0 && (
          <span title="Free bytes that the largest free block does not have, at the current step">
            not in one block <b class="number">{fragmentation(blocks)}</b>
          </span>
        )}
        <PeakButton name={name} series={peaks} onGo={(step) => model.visit(step)} />
      </div>
      <div
        class="chart-field"
        ref={field}
        aria-hidden="true"
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          isDown.current = true;
          model.goTo(stepUnder(event), { isDragging: true });
        }}
        onPointerMove={(event) => {
          if (isDown.current) model.goTo(stepUnder(event), { isDragging: true });
          else model.point({ step: stepUnder(event), address: undefined });
        }}
        onPointerUp={(event) => {
          if (isDown.current) model.goTo(stepUnder(event));
          isDown.current = false;
        }}
        onLostPointerCapture={() => {
          isDown.current = false;
        }}
        onPointerLeave={() => model.point(undefined)}
      >
        <canvas ref={canvas} />
      </div>
    </div>
  );
}

function curvesOf({ shown }: Latest<'timeline/series'>): readonly Curves[] {
  return shown === undefined ? [] : [{ steps: axisOfSteps(shown.params.steps), series: shown.result }];
}

interface Figures {
  readonly least: number;
  readonly most: number;
}

/** Returns a figure at the cursor, else at the present step: exact if it is known, a range where a column covers several steps. */
function figuresOf(state: TimelineState, wanted: SeriesName, curves: readonly Curves[]): Figures | undefined {
  const { shown } = state.blocks;
  const exact = state.cursor === undefined && shown?.params.step === state.step ? exactFigure(shown.result, wanted) : undefined;
  if (exact !== undefined) return { least: exact, most: exact };
  const place = placeOfStep(Math.max(1, state.cursor?.step ?? state.step));
  for (const { steps, series } of [...curves].reverse()) {
    const share = shareAt(steps, place);
    const found = series.find((each) => each.name === wanted);
    const figure = share < 0 || share >= 1 || found === undefined ? undefined : figureAt(found, share);
    if (figure !== undefined) return figure;
  }
  return undefined;
}

function exactFigure({ size, live, free }: BlocksAtStep, wanted: SeriesName): number | undefined {
  switch (wanted) {
    case 'size':
      return size;
    case 'liveBytes':
      return live.bytes;
    case 'liveBlocks':
      return live.blocks;
    case 'freeBytes':
      return free.bytes;
    case 'freeBlocks':
      return free.blocks;
    case 'largestFree':
      return free.largest;
    case 'pagesTouched':
      return undefined;
  }
}

function figureText(name: ChartName, figures: Figures | undefined): string {
  if (figures === undefined) return '…';
  const [least, most] = [formatFigure(CHARTS[name], figures.least), formatFigure(CHARTS[name], figures.most)];
  return least === most ? most : `${least} – ${most}`;
}

interface PeakProps {
  readonly name: ChartName;
  readonly series: readonly (Series | undefined)[];
  readonly onGo: (step: number) => void;
}

/** Names the top of the chart, and goes to the first step that reaches it. */
function PeakButton({ name, series, onGo }: PeakProps) {
  const highest = series.reduce((most, each) => ((each?.peak ?? 0) > (most?.peak ?? 0) ? each : most), undefined);
  if (highest === undefined) return null;
  const text = `highest ${formatFigure(CHARTS[name], highest.peak)}`;
  return (
    <button type="button" class="link peak" title="Go to the first step with this value" onClick={() => onGo(highest.peakStep)}>
      {text}
    </button>
  );
}
