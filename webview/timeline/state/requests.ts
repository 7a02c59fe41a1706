import type { TimelinePageCall } from '../../../engine/views/timeline/page.ts';
import { LatestQuery, type Outcome } from '../../state/latest-query.ts';
import { pictureGrid } from '../picture/grid.ts';
import { addressesOf, isWhole, stepsOf } from './axis.ts';
import { afterOutcome } from './latest.ts';
import type { TimelineHost } from './timeline-host.ts';
import { type Results, type Shown, shownOf, type TimelineState } from './timeline-state.ts';

/** Columns and rows of the picture of the whole trace, which is behind each zoomed one until it arrives. */
const OVERVIEW = { columns: 512, rows: 256 } as const;
/** Figures of a small line in a table. */
export const SMALL_COLUMNS = 120;
/** Bucket sizes to compare, in pages of 64 KiB. The libraries' own default is 128. */
const BUCKET_PAGES: readonly number[] = [1, 8, 16, 32, 64, 128];

/** Puts a result into the state, if it is still about what is on screen. */
type Apply = (generation: number, change: (results: Results) => Partial<Results>) => void;

/** Requests what is missing on screen. Of each kind of request one is on its way at a time, and only the newest counts. */
export class Requests {
  readonly #overview;
  readonly #picture;
  readonly #overviewSeries;
  readonly #series;
  readonly #blocks;
  readonly #story;
  readonly #why;
  readonly #bucketSizes;
  readonly #flame;

  constructor(host: TimelineHost, apply: Apply) {
    const query = <Name extends TimelinePageCall>(
      name: Name,
      change: (results: Results, outcome: Outcome<Name>) => Partial<Results>,
    ): LatestQuery<Name> =>
      new LatestQuery<Name>(host, name, (outcome) => apply(outcome.generation, (results) => change(results, outcome)));
    this.#overview = query('timeline/addresses', ({ overview }, outcome) => ({ overview: afterOutcome(overview, outcome) }));
    this.#picture = query('timeline/addresses', ({ picture }, outcome) => ({ picture: afterOutcome(picture, outcome) }));
    this.#overviewSeries = query('timeline/series', ({ overviewSeries }, outcome) => ({
      overviewSeries: afterOutcome(overviewSeries, outcome),
    }));
    this.#series = query('timeline/series', ({ series }, outcome) => ({ series: afterOutcome(series, outcome) }));
    this.#blocks = query('timeline/blocks', ({ blocks }, outcome) => ({ blocks: afterOutcome(blocks, outcome) }));
    this.#story = query('timeline/story', ({ story }, outcome) => ({ story: afterOutcome(story, outcome) }));
    this.#why = query('timeline/why', ({ why }, outcome) => ({ why: afterOutcome(why, outcome) }));
    this.#bucketSizes = query('timeline/bucket-sizes', ({ bucketSizes }, outcome) => ({
      bucketSizes: afterOutcome(bucketSizes, outcome),
    }));
    this.#flame = query('timeline/flame', ({ flame }, outcome) => ({ flame: afterOutcome(flame, outcome) }));
  }

  requestMissing(state: TimelineState): void {
    const shown = shownOf(state);
    if (shown === undefined) return;
    if (state.arrangement.tab === 'addresses') this.#requestPicture(state, shown);
    else this.#flame.request({ ...placeOf(shown), step: state.flameStep }, state.generation);
    this.#requestStep(state, shown);
    this.#bucketSizes.request({ path: shown.path, bucketPages: BUCKET_PAGES, columns: SMALL_COLUMNS }, state.generation);
  }

  #requestPicture(state: TimelineState, { path, summary, space }: Shown): void {
    const { generation, arrangement, room, cursor } = state;
    const { colour } = arrangement;
    const place = { path, space: space.space };
    const [steps, addresses] = [stepsOf(state.steps), addressesOf(state.addresses)];
    if (room.picture !== undefined && room.picture.width > 0 && room.picture.height > 0) {
      const { width, height } = room.picture;
      this.#picture.request({ ...place, steps, addresses, ...pictureGrid(width, height, steps, addresses), colour }, generation);
      this.#series.request({ ...place, steps, columns: Math.min(Math.floor(width), steps.to - steps.from + 1) }, generation);
    }
    // What is seen first is asked for first.
    if (state.picture.shown === undefined) return;
    const whole = { steps: { from: 1, to: summary.steps }, addresses: { from: 0, to: Math.max(1, space.bytes) } };
    const grid = pictureGrid(OVERVIEW.columns, OVERVIEW.rows, whole.steps, whole.addresses);
    this.#overview.request({ ...place, ...whole, ...grid, colour }, generation);
    if (!isWhole(state.steps, summary.steps))
      this.#overviewSeries.request(
        { ...place, steps: whole.steps, columns: Math.min(OVERVIEW.columns, summary.steps) },
        generation,
      );
    if (cursor?.address !== undefined) this.#story.request({ ...place, step: cursor.step, address: cursor.address }, generation);
  }

  #requestStep({ generation, step, room }: TimelineState, { path, space }: Shown): void {
    const place = { path, space: space.space };
    if (room.blockCells !== undefined) {
      const cells = Math.max(1, Math.min(room.blockCells, space.bytes));
      this.#blocks.request({ ...place, step, addresses: { from: 0, to: Math.max(1, space.bytes) }, cells }, generation);
    }
    if (space.draws === 'blocks') this.#why.request({ ...place, step }, generation);
  }
}

function placeOf({ path, space: { space } }: Shown): { readonly path: string; readonly space: number } {
  return { path, space };
}
