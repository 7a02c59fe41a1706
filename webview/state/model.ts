import { formatAddress } from '../../engine/core/format.ts';
import {
  type ByteRange,
  type Crumb,
  type Explanation,
  type HostNotification,
  type MapResult,
  type MemoryRef,
  PROTOCOL_VERSION,
  type Summary,
  type WebviewNotification,
} from '../../engine/views/protocol.ts';
import { bytesQuestion, bytesScroll, bytesSuffice, ROW_BYTES } from '../bytes/rows.ts';
import { overviewZoom } from '../map/bins.ts';
import { clampTop, revealed, topAfterZoom, zoomed } from '../map/geometry.ts';
import { coverage, joined, questionFor, suffices } from '../map/sample.ts';
import { clampRow, revealing } from '../scroll.ts';
import type { Host } from './host.ts';
import { LatestQuery, type Outcome } from './latest-query.ts';
import { parseSaved, type Saved } from './saved.ts';
import {
  capacityOf,
  type EditorState,
  FIRST_STATE,
  type Filter,
  gridOf,
  imageOf,
  type Latest,
  type MapRoom,
  NO_RESULT,
  type Panes,
} from './state.ts';

const SAVE_AFTER = 250;
/** Moving by keys explains where one stops, not each place on the way. */
const EXPLAIN_AFTER = 180;

/** How a selection came about. */
export interface Selecting {
  /** What to mark; left out: the innermost owner of the byte, once it is known. */
  readonly stretch?: ByteRange;
  readonly explain?: 'now' | 'soon' | 'not';
  /** The host said so itself, and need not be told. */
  readonly isFromHost?: boolean;
  readonly announcement?: string;
}

/** Changes the editor's state: by what the user does and what the host sends; asks the host for what is missing on screen. */
export class EditorModel {
  readonly #host: Host;
  readonly #listeners = new Set<(state: EditorState) => void>();
  readonly #overview: LatestQuery<'memory/map'>;
  readonly #map: LatestQuery<'memory/map'>;
  readonly #bytes: LatestQuery<'memory/bytes'>;
  readonly #explain: LatestQuery<'memory/explain'>;
  #state: EditorState;
  #saved: Saved;
  /** The byte to be explained, whether its owner becomes the selection, and whether the host is to be told of it. */
  #explaining: { readonly offset: number; readonly selects: boolean; readonly tells: boolean } | undefined;
  /** Views that were not laid out yet when a selection was to be seen in them. */
  readonly #toReveal = new Set<'map' | 'bytes'>();
  #explainTimer: ReturnType<typeof setTimeout> | undefined;
  #saveTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: Host) {
    this.#host = host;
    this.#saved = parseSaved(host.saved);
    this.#state = { ...FIRST_STATE, panes: this.#saved.panes };
    const isCurrent = ({ generation }: { readonly generation: number }) => generation === this.#state.generation;
    // An answer about an older moment is no better than the one on screen: it only makes room for the next question.
    // One from before the full scan was done is better than none.
    const isOfStep = ({ generation }: { readonly generation: number }) => stepOf(generation) === this.#state.generation;
    this.#overview = new LatestQuery(host, 'memory/map', (outcome) =>
      this.#change(isOfStep(outcome) ? { overview: mapSettled(this.#state.overview, outcome) } : {}),
    );
    this.#map = new LatestQuery(host, 'memory/map', (outcome) =>
      this.#change(isOfStep(outcome) ? { map: mapSettled(this.#state.map, outcome) } : {}),
    );
    this.#bytes = new LatestQuery(host, 'memory/bytes', (outcome) =>
      this.#change(isCurrent(outcome) ? { bytes: settled(this.#state.bytes, outcome) } : {}),
    );
    this.#explain = new LatestQuery(host, 'memory/explain', (outcome) => {
      this.#change(isCurrent(outcome) ? { explanation: settled(this.#state.explanation, outcome) } : {});
      if (isCurrent(outcome) && 'result' in outcome) this.#adopt(outcome.result);
    });
  }

  get state(): EditorState {
    return this.#state;
  }

  subscribe(listener: (state: EditorState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    this.#host.notify({ notification: 'ready', version: PROTOCOL_VERSION });
  }

  tell(command: Extract<HostNotification, { notification: 'command' }>['command']): void {
    this.#host.notify({ notification: 'command', command });
  }

  reload(): void {
    this.#host.notify({ notification: 'reload' });
  }

  receive(notification: WebviewNotification): void {
    switch (notification.notification) {
      case 'show':
        if (notification.version === PROTOCOL_VERSION) this.#show(notification.memory, notification.summary);
        else
          this.#change({ stage: { kind: 'problem', text: 'The extension was updated meanwhile. Reload the window to go on.' } });
        return;
      case 'scan':
        this.#change({ scan: notification.scan, isScanFresh: true, scanProblem: undefined });
        return;
      case 'scan-failed':
        this.#change({ scanProblem: notification.text });
        return;
      case 'stale':
        this.#change({ stale: notification.text });
        return;
      case 'select':
        this.select(notification.offset, { isFromHost: true });
        return;
      case 'problem':
        this.#change({ stage: { kind: 'problem', text: notification.text } });
        return;
    }
  }

  /** Picks a byte: all views follow. */
  select(offset: number, how: Selecting = {}): void {
    const image = imageOf(this.#state);
    if (image === undefined || offset < 0 || offset >= image.summary.bytes) return;
    clearTimeout(this.#explainTimer);
    const explain = how.explain ?? 'now';
    const explaining = { offset, selects: how.stretch === undefined, tells: how.isFromHost !== true };
    if (explain === 'now') this.#explaining = explaining;
    if (explain === 'soon') {
      this.#explainTimer = setTimeout(() => {
        this.#explaining = explaining;
        this.#change({});
      }, EXPLAIN_AFTER);
    }
    const { explanation } = this.#state;
    const known = explain === 'now' && explanation.result?.offset === offset && explanation.generation === this.#state.generation;
    this.#change({
      selection: { cursor: offset, stretch: how.stretch ?? { start: offset, length: 1 } },
      announcement: how.announcement ?? '',
      ...this.#placesRevealing(offset),
    });
    if (known && explanation.result !== undefined) this.#adopt(explanation.result);
  }

  /** Marks all bytes of an owner in the breadcrumb; the inspector goes on about the byte that was picked. */
  selectCrumb(crumb: Crumb): void {
    if (crumb.at === undefined) return;
    const { start } = crumb.at;
    this.select(start, { stretch: crumb.at, explain: 'not', announcement: `${crumb.label} selected.` });
    this.#host.notify({ notification: 'selected', offset: start, part: crumb.part });
  }

  layOutMap(mapRoom: MapRoom): void {
    const { columns, pitch, rowsSeen } = this.#state.mapRoom ?? {};
    if (columns === mapRoom.columns && pitch === mapRoom.pitch && rowsSeen === mapRoom.rowsSeen) return;
    this.#change({ mapRoom });
    this.#revealWhatWaits('map');
    this.scrollMap(this.#state.mapTop);
  }

  layOutBytes(rows: number): void {
    if (rows === this.#state.bytesRows) return;
    this.#change({ bytesRows: rows });
    this.#revealWhatWaits('bytes');
    this.scrollBytes(this.#state.bytesTop / ROW_BYTES);
  }

  /** `top` is the byte position of the first row. */
  scrollMap(top: number): void {
    const grid = gridOf(this.#state);
    if (grid !== undefined) this.#change({ mapTop: clampTop(grid, top, grid.rowsSeen) });
  }

  /** `row` counts rows of sixteen bytes. */
  scrollBytes(row: number): void {
    const image = imageOf(this.#state);
    const rowsSeen = this.#state.bytesRows;
    if (image === undefined || rowsSeen === undefined) return;
    this.#change({ bytesTop: ROW_BYTES * clampRow(bytesScroll(image.summary.bytes, rowsSeen, 0), row) });
  }

  /** One level finer (-1) or coarser (1); `anchor` stays in its row on screen. */
  zoom(direction: 1 | -1, anchor: number): void {
    const { mapRoom } = this.#state;
    const from = gridOf(this.#state);
    if (from === undefined || mapRoom === undefined) return;
    const bytesPerCell = zoomed(from.bytesPerCell, direction, from.bytes, capacityOf(mapRoom));
    if (bytesPerCell === from.bytesPerCell) return;
    const to = { ...from, bytesPerCell };
    const mapTop = topAfterZoom(from, to, anchor, this.#state.mapTop, from.rowsSeen);
    this.#change({ zoom: bytesPerCell, mapTop });
  }

  /** Back to the standard zoom. */
  zoomStandard(): void {
    this.#change({ zoom: undefined });
    this.scrollMap(this.#state.mapTop);
  }

  /** Shows only this owner or use brightly, or all again if it was it. */
  toggleFilter(change: Partial<Filter>): void {
    const { filter } = this.#state;
    const owner = 'owner' in change && change.owner !== filter.owner ? change.owner : undefined;
    const use = 'use' in change && change.use !== filter.use ? change.use : undefined;
    this.#change({ filter: { owner: 'owner' in change ? owner : filter.owner, use: 'use' in change ? use : filter.use } });
  }

  arrange(panes: Partial<Panes>): void {
    this.#change({ panes: { ...this.#state.panes, ...panes } });
  }

  announce(announcement: string): void {
    this.#change({ announcement });
  }

  /** Another moment of the memory on screen keeps the place; another memory begins anew, or where it was left. */
  #show(memory: MemoryRef, summary: Summary): void {
    const { stage, generation, selection } = this.#state;
    const isSame = stage.kind === 'shown' && JSON.stringify(stage.memory) === JSON.stringify(memory);
    const next = {
      stage: { kind: 'shown', memory, summary },
      generation: generation + 1,
      isScanFresh: false,
      scanProblem: undefined,
    } as const;
    if (isSame) {
      const isInside = selection !== undefined && selection.cursor < summary.bytes;
      if (!isInside) this.#explaining = undefined;
      const { bytes, bytesBefore } = this.#state;
      this.#change({
        ...next,
        // Steps may come faster than bytes: then those of the last moment that was seen are compared.
        bytesBefore: bytes.generation === generation ? bytes.result : bytesBefore,
        ...(isInside ? {} : { selection: undefined, explanation: NO_RESULT }),
      });
    } else {
      const place = this.#saved.memory === JSON.stringify(memory) ? this.#saved : parseSaved(undefined);
      this.#explaining = undefined;
      this.#change({
        ...next,
        ...{
          scan: undefined,
          overview: NO_RESULT,
          map: NO_RESULT,
          bytes: NO_RESULT,
          bytesBefore: undefined,
          explanation: NO_RESULT,
        },
        ...{ filter: FIRST_STATE.filter, zoom: place.zoom, mapTop: place.mapTop, bytesTop: place.bytesTop, selection: undefined },
      });
      const { mapTop, bytesTop } = place;
      if (place.cursor !== undefined) {
        this.select(place.cursor, { isFromHost: true });
        this.#change({ mapTop, bytesTop });
        this.#toReveal.clear();
      }
    }
    this.scrollMap(this.#state.mapTop);
    this.scrollBytes(this.#state.bytesTop / ROW_BYTES);
    // A step leads to what it wrote.
    const { written } = summary;
    if (written !== undefined) this.select(written.start, { stretch: written, isFromHost: true });
  }

  /** What was selected before a view was laid out is scrolled to then. */
  #revealWhatWaits(view: 'map' | 'bytes'): void {
    const { selection } = this.#state;
    if (!this.#toReveal.delete(view) || selection === undefined) return;
    const { mapTop, bytesTop } = this.#placesRevealing(selection.cursor);
    this.#change(view === 'map' ? { mapTop } : { bytesTop });
  }

  #placesRevealing(offset: number): Pick<EditorState, 'mapTop' | 'bytesTop'> {
    const { mapTop, bytesTop, bytesRows } = this.#state;
    const grid = gridOf(this.#state);
    const size = imageOf(this.#state)?.summary.bytes ?? 0;
    const row = Math.floor(offset / ROW_BYTES);
    if (grid === undefined) this.#toReveal.add('map');
    if (bytesRows === undefined) this.#toReveal.add('bytes');
    return {
      mapTop: grid === undefined ? mapTop : revealed(grid, offset, mapTop, grid.rowsSeen),
      bytesTop: bytesRows === undefined ? bytesTop : ROW_BYTES * revealing(bytesScroll(size, bytesRows, bytesTop), row),
    };
  }

  /** Makes the innermost owner of the byte that was picked the selection, and tells the host once. */
  #adopt(explanation: Explanation): void {
    const explaining = this.#explaining;
    if (explaining === undefined || explaining.offset !== explanation.offset) return;
    this.#explaining = { ...explaining, tells: false };
    const selection = { cursor: explanation.offset, stretch: explanation.selection };
    if (explaining.selects && this.#state.selection?.cursor === explanation.offset) this.#change({ selection });
    if (!explaining.tells) return;
    const { part } = explanation.crumbs.findLast((crumb) => crumb.part !== undefined) ?? {};
    this.#host.notify({ notification: 'selected', offset: explanation.offset, part });
    const owners = explanation.crumbs.map((crumb) => crumb.label).join(', ');
    this.#change({ announcement: `${formatAddress(explanation.offset)}: ${owners || 'no owner'}.` });
  }

  #change(change: Partial<EditorState>): void {
    this.#state = { ...this.#state, ...change };
    this.#askForWhatIsMissing();
    for (const listener of this.#listeners) listener(this.#state);
    this.#saveTimer ??= setTimeout(() => this.#save(), SAVE_AFTER);
  }

  #askForWhatIsMissing(): void {
    const state = this.#state;
    const image = imageOf(state);
    if (image === undefined) return;
    const { memory, summary } = image;
    const { generation, mapTop, bytesTop, bytesRows } = state;
    const isFresh = ({ generation: answered }: Latest<unknown>) => answered === generation;
    const grid = gridOf(state);
    const version = mapVersion(state);
    if (grid !== undefined) {
      const result = state.map.generation === version ? state.map.result : undefined;
      if (result === undefined || !suffices(result, grid, mapTop, grid.rowsSeen)) {
        this.#map.want({ memory, ...questionFor(grid, mapTop, grid.rowsSeen, result) }, version);
      }
    }
    if (bytesRows !== undefined && state.panes.areBytesOpen) {
      const { result } = state.bytes;
      if (!isFresh(state.bytes) || result === undefined || !bytesSuffice(result, summary.bytes, bytesTop, bytesRows)) {
        const { start, length } = bytesQuestion(summary.bytes, bytesTop, bytesRows);
        this.#bytes.want({ memory, offset: start, length }, generation);
      }
    }
    const explaining = this.#explaining;
    if (explaining !== undefined && (!isFresh(state.explanation) || state.explanation.result?.offset !== explaining.offset)) {
      this.#explain.want({ memory, offset: explaining.offset }, generation);
    }
    const overview = state.overview.generation === version ? state.overview.result : undefined;
    const from = overview === undefined ? 0 : coverage(overview).end;
    if (from < summary.bytes) {
      const bytesPerCell = overviewZoom(summary.bytes);
      this.#overview.want({ memory, from, bytesPerCell, cells: Math.ceil((summary.bytes - from) / bytesPerCell) }, version);
    }
  }

  #save(): void {
    this.#saveTimer = undefined;
    const { stage, zoom, mapTop, bytesTop, selection, panes } = this.#state;
    const memory = stage.kind === 'shown' ? JSON.stringify(stage.memory) : this.#saved.memory;
    this.#saved = { memory, zoom, mapTop, bytesTop, cursor: selection?.cursor, panes };
    this.#host.save(this.#saved);
  }
}

/** Counts what the map may be about: each moment twice, before and after its full scan. */
function mapVersion({ generation, isScanFresh }: EditorState): number {
  return 2 * generation + (isScanFresh ? 1 : 0);
}

function stepOf(mapVersion: number): number {
  return Math.floor(mapVersion / 2);
}

/** Long maps come in several answers, each of which goes on from the one before. */
function mapSettled(before: Latest<MapResult>, outcome: Outcome<'memory/map'>): Latest<MapResult> {
  if (!('result' in outcome)) return settled(before, outcome);
  const earlier = before.generation === outcome.generation ? before.result : undefined;
  return settled(before, { ...outcome, result: joined(earlier, outcome.result) });
}

/** A problem leaves the last good answer on screen. */
function settled<Answer>(
  before: Latest<Answer>,
  outcome: { readonly result: Answer; readonly generation: number } | { readonly problem: string; readonly generation: number },
): Latest<Answer> {
  if ('result' in outcome) return { ...outcome, problem: undefined };
  return { result: before.result, generation: outcome.generation, problem: outcome.problem };
}
