import { formatAddress } from '../../engine/core/format.ts';
import {
  type ByteRange,
  type Crumb,
  type Explanation,
  type HostNotification,
  type MemoryRef,
  PROTOCOL_VERSION,
  type Summary,
  type WebviewNotification,
} from '../../engine/views/protocol.ts';
import { bytesScroll, ROW_BYTES } from '../bytes/rows.ts';
import { bytesView } from '../bytes/view.ts';
import type { Colouring } from '../map/colouring.ts';
import { clampTop, topRevealing, zoomed, zoomedAt } from '../map/geometry.ts';
import { clampRow, revealing } from '../scroll.ts';
import { ByteQueries, type StateHolder } from './byte-queries.ts';
import type { Host } from './host.ts';
import { LatestQuery } from './latest-query.ts';
import { MapQueries } from './map-queries.ts';
import { parseSaved, type Saved } from './saved.ts';
import {
  capacityOf,
  type EditorState,
  type Filter,
  gridOf,
  INITIAL_STATE,
  imageOf,
  type MapRoom,
  NO_RESULT,
  type Panes,
  update,
} from './state.ts';
import { statusText } from './status.ts';
import { alongTrail, NO_TRAIL, visited } from './trail.ts';

/** Delay before the state is saved. Milliseconds. */
const SAVE_DELAY = 250;
/** Delay before a byte is explained, so that moving by keys explains only the last byte. Milliseconds. */
const EXPLAIN_DELAY = 180;

/** Options of a selection. */
export interface SelectOptions {
  /** Range to mark. By default the innermost owner of the byte, once it is known. */
  readonly range?: ByteRange;
  /** The byte at which a selection by hand began. */
  readonly anchor?: number;
  readonly explain?: 'now' | 'soon' | 'not';
  /** True for a cell of the map, which the inspector sums up. */
  readonly isCell?: boolean;
  /** True if the host requested the selection, so that it need not be notified. */
  readonly isFromHost?: boolean;
  readonly announcement?: string;
}

/**
 * Model of the editor. Changes the state on user actions and messages of the host, and requests data that is missing on screen.
 */
export class EditorModel implements StateHolder {
  readonly #host: Host;
  readonly #listeners = new Set<(state: EditorState) => void>();
  readonly #maps: MapQueries;
  readonly #bytes: ByteQueries;
  readonly #explain: LatestQuery<'memory/explain'>;
  #state: EditorState;
  #saved: Saved;
  /** The byte to explain, whether its owner becomes the selection, and whether the host is notified. */
  #explaining: { readonly offset: number; readonly selects: boolean; readonly notifies: boolean } | undefined;
  /** Views that must scroll to the selection once they are laid out. */
  readonly #toReveal = new Set<'map' | 'bytes'>();
  #explainTimer: ReturnType<typeof setTimeout> | undefined;
  #saveTimer: ReturnType<typeof setTimeout> | undefined;
  /** The text that the status bar has. */
  #status: string | undefined;

  constructor(host: Host) {
    this.#host = host;
    this.#saved = parseSaved(host.saved);
    this.#state = { ...INITIAL_STATE, panes: this.#saved.panes, colouring: this.#saved.colouring };
    const isCurrent = ({ generation }: { readonly generation: number }) => generation === this.#state.generation;
    this.#maps = new MapQueries(host, this);
    this.#bytes = new ByteQueries(host, this);
    this.#explain = new LatestQuery(host, 'memory/explain', (outcome) => {
      this.change(isCurrent(outcome) ? { explanation: update(this.#state.explanation, outcome) } : {});
      if (isCurrent(outcome) && 'result' in outcome) this.#applyExplanation(outcome.result);
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

  runCommand(command: Extract<HostNotification, { notification: 'command' }>['command']): void {
    this.#host.notify({ notification: 'command', command });
  }

  reload(): void {
    this.#host.notify({ notification: 'reload' });
  }

  receive(notification: WebviewNotification): void {
    switch (notification.notification) {
      case 'show':
        if (notification.version === PROTOCOL_VERSION) this.#show(notification.memory, notification.summary);
        else this.change({ stage: { kind: 'error', text: 'The extension was updated. Reload the window to continue.' } });
        return;
      case 'scan':
        this.change({ scan: notification.scan, isScanFresh: true, scanError: undefined });
        return;
      case 'scan-failed':
        this.change({ scanError: notification.text });
        return;
      case 'stale':
        this.change({ stale: notification.text });
        return;
      case 'select':
        this.select(notification.offset, { isFromHost: true });
        if (notification.takesFocus === true) this.change({ bytesFocus: this.#state.bytesFocus + 1 });
        return;
      case 'bookmarks':
        this.change({ bookmarks: notification.bookmarks });
        return;
      case 'problem':
        this.change({ stage: { kind: 'error', text: notification.text } });
        return;
    }
  }

  /** Selects a byte. All views scroll to it. */
  select(offset: number, how: SelectOptions = {}): void {
    const image = imageOf(this.#state);
    if (image === undefined || offset < 0 || offset >= image.summary.bytes) return;
    clearTimeout(this.#explainTimer);
    const explain = how.explain ?? 'now';
    const explaining = { offset, selects: how.range === undefined, notifies: how.isFromHost !== true };
    if (explain === 'now') this.#explaining = explaining;
    if (how.isCell === true) this.#explaining = undefined;
    if (explain === 'soon') {
      this.#explainTimer = setTimeout(() => {
        this.#explaining = explaining;
        this.change({});
      }, EXPLAIN_DELAY);
    }
    const { explanation } = this.#state;
    const known = explain === 'now' && explanation.result?.offset === offset && explanation.generation === this.#state.generation;
    this.change({
      selection: {
        cursor: offset,
        range: how.range ?? (known ? explanation.result?.selection : undefined) ?? { start: offset, length: 1 },
        ...(how.anchor === undefined ? {} : { anchor: how.anchor }),
        ...(how.isCell === undefined ? {} : { isCell: how.isCell }),
      },
      announcement: how.announcement ?? '',
      trail: visited(this.#state.trail, this.#state.selection?.cursor, offset),
      ...this.#placesRevealing(offset),
    });
    if (known && explanation.result !== undefined) this.#applyExplanation(explanation.result);
  }

  /** Takes the bytes of the map that the pointer rests on, to decode them. `undefined`: it is elsewhere. */
  rest(hovered: ByteRange | undefined): void {
    if (hovered !== this.#state.hovered) this.change({ hovered });
  }

  /** Selects the cell of the map that has a byte. The inspector sums it up. */
  selectCell(offset: number, announcement = ''): void {
    const grid = gridOf(this.#state);
    if (grid === undefined) return;
    const start = Math.floor(offset / grid.bytesPerCell) * grid.bytesPerCell;
    const range = { start, length: Math.min(grid.bytesPerCell, grid.bytes - start) };
    this.select(start, { range, explain: 'not', isCell: true, announcement });
  }

  /**
   * Selects from `anchor`, by default where the selection began, to a byte. Ends with the bucket or block where the bytes on screen go
   * on elsewhere in the image.
   */
  extendTo(offset: number, anchor = this.#state.selection?.anchor ?? this.#state.selection?.cursor ?? offset): void {
    const around = bytesView(this.#state).contiguous(anchor) ?? { start: anchor, length: 1 };
    const to = Math.min(Math.max(around.start, offset), around.start + around.length - 1);
    const start = Math.min(anchor, to);
    this.select(to, { range: { start, length: Math.abs(to - anchor) + 1 }, anchor, explain: 'soon' });
  }

  selectAll(): void {
    const size = imageOf(this.#state)?.summary.bytes ?? 0;
    if (size > 0) this.select(0, { range: { start: 0, length: size }, explain: 'not', announcement: 'All bytes selected.' });
  }

  /** Goes to where the selection was before (`back`), or from where it went back. */
  travel(direction: 'back' | 'forward'): void {
    const { trail, selection } = this.#state;
    const step = selection && alongTrail(trail, direction, selection.cursor);
    if (step === undefined) return;
    this.select(step.to);
    this.change({ trail: step.trail });
  }

  /** Selects what the selected pointer leads to. */
  followPointer(): void {
    const { result } = this.#state.data;
    const isOfSelection = result?.range.start === this.#state.selection?.range.start;
    if (!isOfSelection || result?.pointer === undefined) this.announce('No pointer is selected.');
    else this.select(result.pointer.offset, { announcement: `Followed to ${result.pointer.label}.` });
  }

  /** Adds a bookmark at the selected bytes, or removes it. */
  toggleBookmark(): void {
    const { selection, explanation } = this.#state;
    if (selection === undefined) return;
    const { start, length } = selection.range;
    const explained = explanation.result?.offset === selection.cursor ? explanation.result : undefined;
    const owner = explained?.crumbs.at(-1)?.label ?? formatAddress(start);
    const name = explained?.space === undefined ? owner : `${owner} in ${explained.space.name}`;
    this.#host.notify({ notification: 'bookmark', start, length, name });
  }

  /** Copies the selected bytes. */
  copy(): void {
    const { range } = this.#state.selection ?? {};
    if (range !== undefined) this.#host.notify({ notification: 'copy', offset: range.start, length: range.length });
  }

  /** Marks all bytes of an owner in the breadcrumb. The inspector still explains the selected byte. */
  selectCrumb(crumb: Crumb): void {
    if (crumb.at === undefined) return;
    const { start } = crumb.at;
    this.select(start, { range: crumb.at, explain: 'not', announcement: `${crumb.label} selected.` });
    this.#host.notify({ notification: 'selected', offset: start, part: crumb.part });
  }

  layOutMap(mapRoom: MapRoom): void {
    const { columns, pitch, visibleRows } = this.#state.mapRoom ?? {};
    if (columns === mapRoom.columns && pitch === mapRoom.pitch && visibleRows === mapRoom.visibleRows) return;
    this.change({ mapRoom });
    this.#revealPending('map');
    this.scrollMap(this.#state.mapTop);
  }

  layOutBytes(rows: number): void {
    if (rows === this.#state.bytesRows) return;
    this.change({ bytesRows: rows });
    this.#revealPending('bytes');
    this.scrollBytes(this.#state.bytesTop / ROW_BYTES);
  }

  /** `top` is the byte position of the first row. */
  scrollMap(top: number): void {
    const grid = gridOf(this.#state);
    if (grid !== undefined) this.change({ mapTop: clampTop(grid, top, grid.visibleRows) });
  }

  /** `row` counts rows of sixteen bytes. */
  scrollBytes(row: number): void {
    const visibleRows = this.#state.bytesRows;
    if (imageOf(this.#state) === undefined || visibleRows === undefined) return;
    this.change({ bytesTop: ROW_BYTES * clampRow(bytesScroll(bytesView(this.#state).size, visibleRows, 0), row) });
  }

  /** One level finer (-1) or coarser (1); `anchor` stays where it is on screen, as far as possible. */
  zoom(direction: 1 | -1, anchor: number): void {
    const { mapRoom } = this.#state;
    const from = gridOf(this.#state);
    if (from === undefined || mapRoom === undefined) return;
    const bytesPerCell = zoomed(from.bytesPerCell, direction, from.bytes, capacityOf(mapRoom));
    if (bytesPerCell === from.bytesPerCell) return;
    const to = { ...from, bytesPerCell };
    const { indent, top } = zoomedAt(from, to, anchor, this.#state.mapTop, from.visibleRows);
    this.change({ zoom: bytesPerCell, mapIndent: indent, mapTop: top });
  }

  /** Resets the zoom to the default. */
  resetZoom(): void {
    this.change({ zoom: undefined, mapIndent: 0 });
    this.scrollMap(this.#state.mapTop);
  }

  /** Highlights only this owner, kind or use, or removes the filter if it is already set. */
  toggleFilter(change: Partial<Filter>): void {
    const { filter } = this.#state;
    const toggled = <Value>(before: Value, after: Value) => (after === before ? undefined : after);
    this.change({
      filter: {
        owner: 'owner' in change ? toggled(filter.owner, change.owner) : filter.owner,
        kind: 'kind' in change ? toggled(filter.kind, change.kind) : filter.kind,
        use: 'use' in change ? toggled(filter.use, change.use) : filter.use,
      },
    });
  }

  /** Chooses what the colours of the map stand for. */
  colourBy(colouring: Colouring): void {
    this.change({ colouring, filter: { ...INITIAL_STATE.filter, use: this.#state.filter.use } });
  }

  arrange(panes: Partial<Panes>): void {
    this.change({ panes: { ...this.#state.panes, ...panes } });
  }

  announce(announcement: string): void {
    this.change({ announcement });
  }

  /**
   * Shows a memory. A new state of the same memory keeps the scroll position. Another memory starts at the beginning or at its
   * saved position.
   */
  #show(memory: MemoryRef, summary: Summary): void {
    const { stage, generation, selection } = this.#state;
    const isSame = stage.kind === 'shown' && JSON.stringify(stage.memory) === JSON.stringify(memory);
    const next = {
      stage: { kind: 'shown', memory, summary },
      generation: generation + 1,
      isScanFresh: false,
      scanError: undefined,
    } as const;
    if (isSame) {
      const isInside = selection !== undefined && selection.cursor < summary.bytes;
      if (!isInside) this.#explaining = undefined;
      const { bytes, bytesBefore } = this.#state;
      this.change({
        ...next,
        // Steps may come faster than bytes. Then the bytes of the last step on screen are compared.
        bytesBefore: bytes.generation === generation ? bytes.result : bytesBefore,
        ...(isInside ? {} : { selection: undefined, explanation: NO_RESULT }),
      });
    } else {
      const saved = this.#saved.memory === JSON.stringify(memory) ? this.#saved : parseSaved(undefined);
      this.#explaining = undefined;
      this.change({
        ...next,
        ...{
          scan: undefined,
          overview: NO_RESULT,
          map: NO_RESULT,
          bytes: NO_RESULT,
          bytesBefore: undefined,
          explanation: NO_RESULT,
          fields: NO_RESULT,
          space: NO_RESULT,
          data: NO_RESULT,
          trail: NO_TRAIL,
          cell: NO_RESULT,
        },
        ...{
          filter: INITIAL_STATE.filter,
          zoom: saved.zoom,
          mapIndent: 0,
          mapTop: saved.mapTop,
          bytesTop: saved.bytesTop,
          selection: undefined,
        },
      });
      const { mapTop, bytesTop } = saved;
      if (saved.cursor !== undefined) {
        this.select(saved.cursor, { isFromHost: true });
        this.change({ mapTop, bytesTop });
        this.#toReveal.clear();
      }
    }
    this.scrollMap(this.#state.mapTop);
    this.scrollBytes(this.#state.bytesTop / ROW_BYTES);
    // A step scrolls to what it wrote.
    const { written } = summary;
    if (written !== undefined) this.select(written.start, { range: written, isFromHost: true });
  }

  /** Scrolls to a selection that was made before the view was laid out. */
  #revealPending(view: 'map' | 'bytes'): void {
    const { selection } = this.#state;
    if (!this.#toReveal.delete(view) || selection === undefined) return;
    const { mapTop, bytesTop } = this.#placesRevealing(selection.cursor);
    this.change(view === 'map' ? { mapTop } : { bytesTop });
  }

  #placesRevealing(offset: number): Pick<EditorState, 'mapTop' | 'bytesTop'> {
    const { mapTop, bytesTop, bytesRows } = this.#state;
    const grid = gridOf(this.#state);
    const { size, addressOf } = bytesView(this.#state);
    const address = addressOf(offset);
    if (grid === undefined) this.#toReveal.add('map');
    if (bytesRows === undefined) this.#toReveal.add('bytes');
    return {
      mapTop: grid === undefined ? mapTop : topRevealing(grid, offset, mapTop, grid.visibleRows),
      bytesTop:
        bytesRows === undefined || address === undefined
          ? bytesTop
          : ROW_BYTES * revealing(bytesScroll(size, bytesRows, bytesTop), Math.floor(address / ROW_BYTES)),
    };
  }

  /** Returns the first row on screen that has the selection a third down, after the view of the bytes changed. */
  #bytesTopAtSelection(): number {
    const { bytesTop, bytesRows, selection } = this.#state;
    const { size, addressOf } = bytesView(this.#state);
    const address = addressOf(selection?.cursor ?? bytesTop) ?? 0;
    const seen = bytesRows ?? 1;
    const row = Math.floor(address / ROW_BYTES) - Math.floor(seen / 3);
    return ROW_BYTES * clampRow(bytesScroll(size, seen, 0), row);
  }

  #showStatus(): void {
    const text = statusText(this.#state);
    if (text === this.#status) return;
    this.#status = text;
    this.#host.notify({ notification: 'status', text });
  }

  /** Selects the innermost owner of the explained byte, and notifies the host once. */
  #applyExplanation(explanation: Explanation): void {
    const explaining = this.#explaining;
    if (explaining === undefined || explaining.offset !== explanation.offset) return;
    this.#explaining = { ...explaining, notifies: false };
    const selection = { cursor: explanation.offset, range: explanation.selection };
    if (explaining.selects && this.#state.selection?.cursor === explanation.offset) this.change({ selection });
    if (!explaining.notifies) return;
    const { part } = explanation.crumbs.findLast((crumb) => crumb.part !== undefined) ?? {};
    this.#host.notify({ notification: 'selected', offset: explanation.offset, part });
    const owners = explanation.crumbs.map((crumb) => crumb.label).join(', ');
    this.change({ announcement: `${formatAddress(explanation.offset)}: ${owners || 'no owner'}.` });
  }

  /** Changes the state, requests what it lacks, and draws it. */
  change(change: Partial<EditorState>): void {
    const before = bytesView(this.#state).part;
    this.#state = { ...this.#state, ...change };
    if (bytesView(this.#state).part !== before) this.#state = { ...this.#state, bytesTop: this.#bytesTopAtSelection() };
    this.#requestMissing();
    this.#showStatus();
    for (const listener of this.#listeners) listener(this.#state);
    this.#saveTimer ??= setTimeout(() => this.#save(), SAVE_DELAY);
  }

  #requestMissing(): void {
    const state = this.#state;
    const image = imageOf(state);
    if (image === undefined) return;
    const { generation, explanation } = state;
    this.#maps.requestMissing();
    this.#bytes.requestMissing();
    const explaining = this.#explaining;
    const isFresh = explanation.generation === generation && explanation.result?.offset === explaining?.offset;
    if (explaining !== undefined && !isFresh) {
      this.#explain.request({ memory: image.memory, offset: explaining.offset }, generation);
    }
  }

  #save(): void {
    this.#saveTimer = undefined;
    const { stage, zoom, mapTop, bytesTop, selection, panes, colouring } = this.#state;
    const memory = stage.kind === 'shown' ? JSON.stringify(stage.memory) : this.#saved.memory;
    this.#saved = { memory, zoom, mapTop, bytesTop, cursor: selection?.cursor, panes, colouring };
    this.#host.save(this.#saved);
  }
}
