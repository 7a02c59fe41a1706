import { bytesParamsFor, fieldsParamsFor, isBytesResultEnough, isFieldsResultEnough } from '../bytes/rows.ts';
import { bytesView, partOfBytes } from '../bytes/view.ts';
import type { Host } from './host.ts';
import { LatestQuery } from './latest-query.ts';
import { type EditorState, imageOf, update } from './state.ts';

/** The state of the editor, and how to change it. */
export interface StateHolder {
  readonly state: EditorState;
  change(change: Partial<EditorState>): void;
}

/**
 * Requests all that the bytes on screen and the selected ones need: bytes, fields, the memory that they are in, and values; and the fields of
 * the bytes that the pointer rests on in the map.
 */
export class ByteQueries {
  readonly #holder: StateHolder;
  readonly #bytes: LatestQuery<'memory/bytes'>;
  readonly #fields: LatestQuery<'memory/fields'>;
  readonly #space: LatestQuery<'memory/space'>;
  readonly #data: LatestQuery<'memory/data'>;
  readonly #hovered: LatestQuery<'memory/fields'>;

  constructor(host: Host, holder: StateHolder) {
    this.#holder = holder;
    const isCurrent = ({ generation }: { readonly generation: number }) => generation === holder.state.generation;
    // An answer about an older state is dropped; it only frees the way for the next request.
    this.#bytes = new LatestQuery(host, 'memory/bytes', (outcome) =>
      holder.change(isCurrent(outcome) ? { bytes: update(holder.state.bytes, outcome) } : {}),
    );
    this.#fields = new LatestQuery(host, 'memory/fields', (outcome) =>
      holder.change(isCurrent(outcome) ? { fields: update(holder.state.fields, outcome) } : {}),
    );
    this.#space = new LatestQuery(host, 'memory/space', (outcome) =>
      holder.change(isCurrent(outcome) ? { space: update(holder.state.space, outcome) } : {}),
    );
    this.#data = new LatestQuery(host, 'memory/data', (outcome) =>
      holder.change(isCurrent(outcome) ? { data: update(holder.state.data, outcome) } : {}),
    );
    this.#hovered = new LatestQuery(host, 'memory/fields', (outcome) =>
      holder.change(isCurrent(outcome) ? { hoveredFields: update(holder.state.hoveredFields, outcome) } : {}),
    );
  }

  requestMissing(): void {
    const { state } = this.#holder;
    const image = imageOf(state);
    if (image === undefined) return;
    const { memory } = image;
    const { generation, bytesTop, bytesRows, selection, panes } = state;
    const isFresh = (latest: { readonly generation: number }) => latest.generation === generation;
    const { part, size } = bytesView(state);
    const space = part === undefined ? {} : { space: part };
    if (bytesRows !== undefined && panes.areBytesOpen) {
      const { start: offset, length } = bytesParamsFor(size, bytesTop, bytesRows);
      const { bytes, fields } = state;
      const isOfView = (result: { readonly space?: string | undefined } | undefined) =>
        result !== undefined && result.space === part;
      if (!isFresh(bytes) || !isOfView(bytes.result) || !isBytesResultEnough(bytes.result, size, bytesTop, bytesRows)) {
        this.#bytes.request({ memory, ...space, offset, length }, generation);
      }
      if (!isFresh(fields) || !isOfView(fields.result) || !isFieldsResultEnough(fields.result, size, bytesTop, bytesRows)) {
        const { start, length } = fieldsParamsFor(size, bytesTop, bytesRows);
        this.#fields.request({ memory, ...space, offset: start, length }, generation);
      }
    }
    const wanted = panes.addresses === 'space' ? partOfBytes(state) : undefined;
    if (wanted !== undefined && (!isFresh(state.space) || state.space.result?.part !== wanted)) {
      this.#space.request({ memory, part: wanted }, generation);
    }
    const { hovered, hoveredFields } = state;
    if (hovered !== undefined && (!isFresh(hoveredFields) || hoveredFields.result?.offset !== hovered.start)) {
      this.#hovered.request({ memory, offset: hovered.start, length: hovered.length }, generation);
    }
    const asked = state.data.result?.range;
    const range = selection?.range;
    if (range !== undefined && (!isFresh(state.data) || asked?.start !== range.start || asked.length !== range.length)) {
      this.#data.request({ memory, offset: range.start, length: range.length }, generation);
    }
  }
}
