import type { MapResult } from '../../engine/views/protocol.ts';
import { overviewZoom } from '../map/bins.ts';
import { coverage, isMapResultEnough, joinMaps, mapParamsFor } from '../map/sample.ts';
import type { StateHolder } from './byte-queries.ts';
import type { Host } from './host.ts';
import { LatestQuery, type Outcome } from './latest-query.ts';
import { colouringOf, type EditorState, gridOf, imageOf, type Latest, update } from './state.ts';

/** Requests the cells of the map: those on screen, the selected one, and those of the overview beside them. */
export class MapQueries {
  readonly #holder: StateHolder;
  readonly #overview: LatestQuery<'memory/map'>;
  readonly #map: LatestQuery<'memory/map'>;
  readonly #cell: LatestQuery<'memory/map'>;

  constructor(host: Host, holder: StateHolder) {
    this.#holder = holder;
    // An answer about an older step is dropped; it only frees the way for the next request. An answer from before the full scan is
    // better than none.
    const query = (
      name: 'overview' | 'map' | 'cell',
      combine: (before: Latest<MapResult>, outcome: Outcome<'memory/map'>) => Latest<MapResult>,
    ) =>
      new LatestQuery(host, 'memory/map', (outcome) => {
        const { state } = holder;
        const isOfStep = Math.floor(outcome.generation / 2) === state.generation;
        holder.change(isOfStep ? { [name]: combine(state[name], outcome) } : {});
      });
    this.#overview = query('overview', updateMap);
    this.#map = query('map', updateMap);
    this.#cell = query('cell', update);
  }

  requestMissing(): void {
    const { state } = this.#holder;
    const image = imageOf(state);
    if (image === undefined) return;
    const { memory, summary } = image;
    const { mapTop, selection } = state;
    const grid = gridOf(state);
    const version = mapVersion(state);
    if (grid !== undefined) {
      const writes = colouringOf(state) === 'age';
      const isComplete = state.map.generation === version && (!writes || state.map.result?.lastWrites !== undefined);
      const result = isComplete ? state.map.result : undefined;
      if (result === undefined || !isMapResultEnough(result, grid, mapTop, grid.visibleRows)) {
        const params = { memory, ...mapParamsFor(grid, mapTop, grid.visibleRows, result) };
        this.#map.request(writes ? { ...params, writes } : params, version);
      }
    }
    if (selection?.isCell === true) {
      const { start, length } = selection.range;
      const isKnown = state.cell.generation === version && state.cell.result?.from === start;
      if (!isKnown || state.cell.result?.bytesPerCell !== length) {
        const writes = summary.step !== undefined;
        this.#cell.request({ memory, from: start, bytesPerCell: length, cells: 1, writes }, version);
      }
    }
    const overview = state.overview.generation === version ? state.overview.result : undefined;
    const from = overview === undefined ? 0 : coverage(overview).end;
    if (from < summary.bytes) {
      const bytesPerCell = overviewZoom(summary.bytes);
      this.#overview.request({ memory, from, bytesPerCell, cells: Math.ceil((summary.bytes - from) / bytesPerCell) }, version);
    }
  }
}

/** Returns the version of the map. Each step has two, before and after its full scan. */
function mapVersion({ generation, isScanFresh }: EditorState): number {
  return 2 * generation + (isScanFresh ? 1 : 0);
}

/** Adds an answer to the map. Long maps come in several answers, each of which continues the one before. */
function updateMap(before: Latest<MapResult>, outcome: Outcome<'memory/map'>): Latest<MapResult> {
  if (!('result' in outcome)) return update(before, outcome);
  const earlier = before.generation === outcome.generation ? before.result : undefined;
  return update(before, { ...outcome, result: joinMaps(earlier, outcome.result) });
}
