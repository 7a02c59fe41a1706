import { PAGE_SIZE } from '../../core/memory/memory.ts';
import type { Figures } from '../../trace/analysis/figures/figures.ts';
import { StepSeries } from '../../trace/analysis/figures/step-series.ts';
import type { ValueChanges } from '../../trace/analysis/lifetimes/value-changes.ts';
import { SERIES_NAMES, type Series, type SeriesName } from './calls.ts';
import { type Axis, stepsOf } from './cells.ts';

/** The lines of an allocator, or of a memory, which has only two. */
export type Lines = readonly (readonly [SeriesName, StepSeries])[];

export function linesOfAllocator(figures: Figures, pagesTouched: StepSeries): Lines {
  return SERIES_NAMES.map((name) => [name, name === 'pagesTouched' ? pagesTouched : figures[name]] as const);
}

export function linesOfMemory(pages: ValueChanges, pagesTouched: StepSeries): Lines {
  return [
    ['size', bytesOf(pages)],
    ['pagesTouched', pagesTouched],
  ];
}

/** Returns the bytes of a memory over the steps. */
function bytesOf(pages: ValueChanges): StepSeries {
  const changes = Array.from({ length: pages.count + 1 }, (_, change) => change - 1);
  return new StepSeries(
    Uint32Array.from(changes, (change) => pages.stepOf(change)),
    Float64Array.from(changes, (change) => Math.max(0, pages.valueOf(change)) * PAGE_SIZE),
  );
}

/** Returns the least and the most of each line in each column. */
export function seriesOf(lines: Lines, steps: Axis): readonly Series[] {
  return lines.map(([name, line]) => {
    const least = new Float64Array(steps.cells);
    const most = new Float64Array(steps.cells);
    for (let column = 0; column < steps.cells; column++) {
      const { from, to } = stepsOf(steps, column);
      const range = line.rangeOf(from, to);
      least[column] = range.least;
      most[column] = range.most;
    }
    return { name, least, most, peak: line.peak, peakStep: line.peakStep };
  });
}
