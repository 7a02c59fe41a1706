import type { Budget } from '../core/budget.ts';
import { toHex } from '../core/format.ts';
import { type Element, type Residual, readStored, type StoredBytes } from '../core/structure.ts';
import { type ChosenCodec, type Role, storedBytesOf } from '../snapshot/decoding.ts';
import type { PlacedStructure } from '../snapshot/placed.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Codec, ValuePart } from '../values/codec.ts';
import { provenCodec } from '../values/guessing/described.ts';

/** One line of `stable-memory entries --json`, where bytes are written in lower-case hex. */
export interface EntryLine {
  readonly index: number;
  /** Path of a part of a dumped value. */
  readonly path?: string;
  readonly key?: Uint8Array;
  readonly keyText?: string;
  readonly keyCodec?: string;
  readonly value?: Uint8Array;
  readonly valueText?: string;
  readonly valueCodec?: string;
  /** Address of the value's bytes (in a set: the key's), after any length prefix, in its own space; `size` is in bytes. */
  readonly address?: number;
  readonly size?: number;
  /** Offset of its first byte in the image; left out where the image does not have it. */
  readonly offset?: number;
  /** Set where a codec was guessed from the bytes. */
  readonly guessed?: true;
  /**
   * For an entry that the structure no longer leads to: the kind of its chunk, the chunk's address, the node's layout version.
   */
  readonly origin?: Residual['origin'];
  readonly chunk?: number;
  readonly nodeVersion?: number;
}

export interface IncompleteLine {
  readonly incomplete: true;
  readonly reason: string;
}

/** Number of elements read from the structure at a time. */
const BATCH = 1_000;

/** A range of elements to list. `stale` lists those that the structure no longer leads to. */
export interface EntryRange {
  readonly from: number;
  readonly limit: number;
  readonly stale?: boolean;
}

const HEADER_LOST =
  'The header of this map is lost, so nothing leads to its entries: "entries --stale" lists those that are left.';

/** Yields the elements `from` to `from + limit`, decoded. A last line says so where the walk was cut short. */
export function* entryLines(
  snapshot: Snapshot,
  placed: PlacedStructure,
  range: EntryRange,
  budget: Budget,
): Generator<EntryLine | IncompleteLine> {
  if (range.stale !== true && placed.structure.facts['headerLost'] === true) yield { incomplete: true, reason: HEADER_LOST };
  const source = range.stale === true ? placed.structure.recoverable : placed.structure;
  if (source === undefined) return;
  const end = range.from + range.limit;
  for (let from = range.from; from < end; ) {
    const elements = source.elements(from, Math.min(BATCH, end - from), budget);
    for (const element of elements) yield entryLine(snapshot, placed, element, budget);
    if (elements.length === 0 || budget.cutShort !== undefined) break;
    from += elements.length;
  }
  if (budget.cutShort !== undefined) yield { incomplete: true, reason: budget.cutShort };
}

/** Returns an element as a line, decoded. */
export function entryLine(snapshot: Snapshot, placed: PlacedStructure, element: Element, budget: Budget): EntryLine {
  const key = side(snapshot, placed, element, 'key', budget);
  const value = placed.structure.kind === 'btreeset' ? undefined : side(snapshot, placed, element, 'value', budget);
  const stored = value === undefined ? element.key : element.value;
  const address = stored?.spans[0]?.start;
  const offset = stored === undefined ? undefined : offsetOf(snapshot, stored);
  return {
    index: element.index,
    ...(element.described === undefined ? {} : { path: element.described.path }),
    ...(key === undefined ? {} : { key: key.bytes, ...key.decoded('key') }),
    ...(value === undefined ? {} : { value: value.bytes, ...value.decoded('value') }),
    ...(address === undefined || stored === undefined ? {} : { address, size: stored.size }),
    ...(offset === undefined ? {} : { offset }),
    ...(key?.guessed || value?.guessed ? { guessed: true } : {}),
    ...residualFields(element),
  };
}

function residualFields({ residual }: Element): Pick<EntryLine, 'origin' | 'chunk' | 'nodeVersion'> {
  if (residual === undefined) return {};
  const { origin, chunk, version } = residual;
  return { origin, ...(chunk === undefined ? {} : { chunk }), ...(version === undefined ? {} : { nodeVersion: version }) };
}

function side(snapshot: Snapshot, placed: PlacedStructure, element: Element, role: Role, budget: Budget) {
  const stored = storedBytesOf(element, role);
  if (stored === undefined && (role === 'key' || element.described === undefined)) return undefined;
  const bytes = stored === undefined ? new Uint8Array(0) : readStored(stored);
  const { text, codec, guessed } = decodeSide(snapshot, placed, element, role, bytes, budget);
  return {
    bytes,
    guessed,
    decoded: (name: Role): Partial<EntryLine> =>
      name === 'key' ? { keyText: text, keyCodec: codec } : { valueText: text, valueCodec: codec },
  };
}

/** A decoded key or value. */
export interface DecodedSide {
  readonly text: string;
  /** Name of the codec. */
  readonly codec: string;
  readonly parts: readonly ValuePart[];
}

/** Decodes an element's key or value: with the user's codec, else as the value describes itself, else with a guessed codec. */
export function decodeSide(
  snapshot: Snapshot,
  placed: PlacedStructure,
  { described }: Pick<Element, 'described'> = {},
  role: Role,
  bytes: Uint8Array,
  budget: Budget,
): DecodedSide & { readonly guessed: boolean } {
  const chosen = described === undefined ? snapshot.decoding.codec(placed, role, budget) : snapshot.decoding.chosen(placed, role);
  if (chosen === undefined) return { text: described?.text ?? '', codec: described?.codec ?? 'bytes', parts: [], guessed: false };
  return { ...decodeBytes(bytes, chosen), guessed: chosen.guessed };
}

/** Decodes the beginning of a long value. Returns undefined where its encoding cannot be read in part, or does not fit. */
export function decodeBeginning(
  snapshot: Snapshot,
  placed: PlacedStructure,
  role: Role,
  bytes: Uint8Array,
  size: number,
  budget: Budget,
): DecodedSide | undefined {
  const { codec, others } = snapshot.decoding.codec(placed, role, budget);
  for (const one of [codec, ...others]) {
    const reading = one.read?.(bytes, { length: size });
    const partial = reading?.problem === undefined ? undefined : reading.partial;
    const text = reading?.problem === undefined ? one.begin?.(bytes, size) : partial?.text;
    if (text !== undefined) return { text, codec: one.name, parts: partial?.parts ?? [] };
  }
  return undefined;
}

/**
 * Decodes bytes with a codec. Where that fails, it tries the others that the structure's values suggest, then one that the bytes
 * themselves prove (only where nobody chose the codec), and last it writes hex.
 */
function decodeBytes(bytes: Uint8Array, { codec, guessed, others }: ChosenCodec): DecodedSide {
  const decode = (by: Codec | undefined): DecodedSide | undefined => {
    const decoded = by?.decode(bytes);
    return decoded && by && { text: decoded.text, codec: by.name, parts: decoded.parts };
  };
  for (const one of [codec, ...others]) {
    const decoded = decode(one);
    if (decoded !== undefined) return decoded;
  }
  return decode(guessed ? provenCodec(bytes) : undefined) ?? { text: toHex(bytes), codec: 'bytes', parts: [] };
}

/** Returns the offset in the image where stored bytes begin. */
export function offsetOf(snapshot: Snapshot, stored: StoredBytes): number | undefined {
  const [first] = stored.spans;
  if (first === undefined) return undefined;
  return snapshot.places.spaceOf(stored.memory)?.memory.toImage(first.start, Math.max(1, first.length))[0]?.start;
}
