/** The charts below the picture: which lines each has, and how a figure of it is written. */
import { formatBytes, formatCount } from '../../../engine/core/format.ts';
import type { Series, SeriesName } from '../../../engine/views/timeline/calls.ts';

export const CHART_NAMES = ['size', 'free', 'freeList', 'blocks', 'pages'] as const;
export type ChartName = (typeof CHART_NAMES)[number];

interface ChartLine {
  readonly series: SeriesName;
  readonly label: string;
  /** Number of one of the theme's chart colours; -1: neutral. */
  readonly colour: number;
  /** Lines differ by more than their colour. */
  readonly stroke: 'thin' | 'strong' | 'dashed';
}

export interface Chart {
  readonly title: string;
  readonly unit: 'bytes' | 'count';
  readonly lines: readonly ChartLine[];
}

export const CHARTS: Readonly<Record<ChartName, Chart>> = {
  size: {
    title: 'Size and live bytes',
    unit: 'bytes',
    lines: [
      { series: 'size', label: 'size', colour: -1, stroke: 'thin' },
      { series: 'liveBytes', label: 'live', colour: 0, stroke: 'strong' },
    ],
  },
  free: {
    title: 'Free bytes and fragmentation',
    unit: 'bytes',
    lines: [
      { series: 'freeBytes', label: 'free', colour: 1, stroke: 'strong' },
      { series: 'largestFree', label: 'largest free block', colour: 2, stroke: 'dashed' },
    ],
  },
  freeList: {
    title: 'Length of the free list',
    unit: 'count',
    lines: [{ series: 'freeBlocks', label: 'free blocks', colour: 3, stroke: 'strong' }],
  },
  blocks: {
    title: 'Live blocks',
    unit: 'count',
    lines: [{ series: 'liveBlocks', label: 'live blocks', colour: 0, stroke: 'strong' }],
  },
  pages: {
    title: 'Pages touched',
    unit: 'count',
    lines: [{ series: 'pagesTouched', label: 'pages of 4 KiB', colour: 4, stroke: 'strong' }],
  },
};

export const DEFAULT_CHARTS: readonly ChartName[] = ['size'];

/** Returns the charts that have a line to draw. */
export function chartsWith(series: readonly Series[]): readonly ChartName[] {
  const names = new Set(series.map(({ name }) => name));
  return CHART_NAMES.filter((name) => CHARTS[name].lines.some((line) => names.has(line.series)));
}

export function formatFigure(chart: Chart, value: number): string {
  return chart.unit === 'bytes' ? formatBytes(value) : formatCount(value);
}

/** Returns the least and most of a series in the column of a place, a share of the width. */
export function figureAt({ least, most }: Series, share: number): { readonly least: number; readonly most: number } | undefined {
  const column = Math.min(most.length - 1, Math.floor(share * most.length));
  const [low, high] = [least[column], most[column]];
  return low === undefined || high === undefined ? undefined : { least: low, most: high };
}
