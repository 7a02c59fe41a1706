/** State that is saved while the view is hidden or the window is closed. */
import { PICTURE_COLOURS, type PictureColour } from '../../../engine/views/timeline/calls.ts';
import { CHART_NAMES, type ChartName, DEFAULT_CHARTS } from '../lines/charts.ts';
import type { Axis } from './axis.ts';

const SECTIONS = ['why', 'policies', 'bucketSizes'] as const;
export type Section = (typeof SECTIONS)[number];

export const TABS = ['addresses', 'flame'] as const;
export type Tab = (typeof TABS)[number];

/** How the view is arranged. */
export interface Arrangement {
  readonly tab: Tab;
  readonly colour: PictureColour;
  readonly charts: readonly ChartName[];
  /** Sections that are folded. */
  readonly folded: readonly Section[];
  readonly sideWidth: number;
}

export const DEFAULT_ARRANGEMENT: Arrangement = {
  tab: 'addresses',
  colour: 'size',
  charts: DEFAULT_CHARTS,
  folded: [],
  sideWidth: 330,
};

export interface Saved {
  /** The path of the trace. VS Code restores the view from it. */
  readonly path: string;
  readonly space: number | undefined;
  readonly step: number | undefined;
  readonly steps: Axis | undefined;
  readonly addresses: Axis | undefined;
  readonly arrangement: Arrangement;
}

/** Parses the saved state, which an older or newer version may have written. Invalid fields get their default. */
export function parseSaved(value: unknown): Saved {
  const { path, space, step, steps, addresses, arrangement } = fields(value);
  return {
    path: typeof path === 'string' ? path : '',
    space: number(space),
    step: number(step),
    steps: axis(steps),
    addresses: axis(addresses),
    arrangement: parseArrangement(arrangement),
  };
}

function parseArrangement(value: unknown): Arrangement {
  const { tab, colour, charts, folded, sideWidth } = fields(value);
  return {
    tab: TABS.find((each) => each === tab) ?? DEFAULT_ARRANGEMENT.tab,
    colour: PICTURE_COLOURS.find((each) => each === colour) ?? DEFAULT_ARRANGEMENT.colour,
    charts: Array.isArray(charts) ? CHART_NAMES.filter((each) => charts.includes(each)) : DEFAULT_ARRANGEMENT.charts,
    folded: Array.isArray(folded) ? SECTIONS.filter((each) => folded.includes(each)) : DEFAULT_ARRANGEMENT.folded,
    sideWidth: number(sideWidth) ?? DEFAULT_ARRANGEMENT.sideWidth,
  };
}

function fields(value: unknown): Readonly<Partial<Record<keyof Saved | keyof Arrangement | keyof Axis, unknown>>> {
  return typeof value === 'object' && value !== null ? value : {};
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

function axis(value: unknown): Axis | undefined {
  const { start, length } = fields(value);
  const [first, size] = [number(start), number(length)];
  return first === undefined || size === undefined || size === 0 ? undefined : { start: first, length: size };
}
