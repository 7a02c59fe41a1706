import type { Budget } from '../core/budget.ts';
import { toHex } from '../core/format.ts';
import { type Element, type Residual, readStored, type StoredBytes } from '../core/structure.ts';
import { type ChosenCodec, type Role, runOf } from '../snapshot/decoding.ts';
import type { PlacedStructure } from '../snapshot/placed.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { provenCodec } from '../values/guessing/described.ts';

/** One line of `stable-memory entries --json`, where bytes are written in lower-case hex. */
export interface EntryLine {
  readonly index: number;
  /** Of a part of a dumped value: which part. */
  readonly path?: string;
  readonly key?: Uint8Array;
  readonly keyText?: string;
  readonly keyCodec?: string;
  readonly value?: Uint8Array;
  readonly valueText?: string;
  readonly valueCodec?: string;
  /** Of the value's own bytes (a set's: of the key's), behind any length prefix, in its own space. */
  readonly address?: number;
  readonly size?: number;
  /** Its first byte in the image; left out where the image does not have it. */
  readonly offset?: number;
  /** No codec was named: the bytes suggest them. */
  readonly guessed?: true;
  /** Of an entry that the structure no longer leads to: in what kind of chunk it was found, where that begins, the node's layout version. */
  readonly origin?: Residual['origin'];
  readonly chunk?: number;
  readonly nodeVersion?: number;
}

export interface IncompleteLine {
  readonly incomplete: true;
  readonly reason: string;
}

/** How many elements are asked of the structure at a time. */
const BATCH = 1_000;

/** Which elements to list: `stale` ones are those that the structure no longer leads to. */
export interface EntryRange {
  readonly from: number;
  readonly limit: number;
  readonly stale?: boolean;
}

const HEADER_LOST = 'The header of this map is lost, so that nothing leads to its entries: --stale lists those that are left.';

/** The elements `from` to `from + limit`, decoded; a last line tells when the walk was cut short. */
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

function entryLine(snapshot: Snapshot, placed: PlacedStructure, element: Element, budget: Budget): EntryLine {
  const key = side(snapshot, placed, element, 'key', budget);
  const value = placed.structure.kind === 'btreeset' ? undefined : side(snapshot, placed, element, 'value', budget);
  const run = value === undefined ? element.key : element.value;
  const address = run?.spans[0]?.start;
  const offset = run === undefined ? undefined : offsetOf(snapshot, run);
  return {
    index: element.index,
    ...(element.described === undefined ? {} : { path: element.described.path }),
    ...(key === undefined ? {} : { key: key.bytes, ...key.decoded('key') }),
    ...(value === undefined ? {} : { value: value.bytes, ...value.decoded('value') }),
    ...(address === undefined || run === undefined ? {} : { address, size: run.size }),
    ...(offset === undefined ? {} : { offset }),
    ...(key?.guessed || value?.guessed ? { guessed: true } : {}),
    ...residualFields(element),
  };
}

function residualFields({ residual }: Element): Pick<EntryLine, 'origin' | 'chunk' | 'nodeVersion'> {
  if (residual === undefined) return {};
  const { origin, chunk, version } = residual;
  return { origin, chunk, ...(version === undefined ? {} : { nodeVersion: version }) };
}

function side(snapshot: Snapshot, placed: PlacedStructure, element: Element, role: Role, budget: Budget) {
  const run = runOf(element, role);
  if (run === undefined && (role === 'key' || element.described === undefined)) return undefined;
  const bytes = run === undefined ? new Uint8Array(0) : readStored(run);
  const { text, codec, guessed } = decodeSide(snapshot, placed, element, role, bytes, budget);
  return {
    bytes,
    guessed,
    decoded: (name: Role): Partial<EntryLine> =>
      name === 'key' ? { keyText: text, keyCodec: codec } : { valueText: text, valueCodec: codec },
  };
}

/** What the bytes of an element's key or value say: as the user said, else as the value itself tells, else as they suggest. */
export function decodeSide(
  snapshot: Snapshot,
  placed: PlacedStructure,
  { described }: Pick<Element, 'described'> = {},
  role: Role,
  bytes: Uint8Array,
  budget: Budget,
): { readonly text: string; readonly codec: string; readonly guessed: boolean } {
  const chosen = described === undefined ? snapshot.decoding.codec(placed, role, budget) : snapshot.decoding.chosen(placed, role);
  if (chosen === undefined) return { text: described?.text ?? '', codec: described?.codec ?? 'bytes', guessed: false };
  return { ...decodeBytes(bytes, chosen), guessed: chosen.guessed };
}

/** What the beginning of a long value says; undefined where its encoding cannot be read in part, or does not fit. */
export function decodeBeginning(
  snapshot: Snapshot,
  placed: PlacedStructure,
  role: Role,
  bytes: Uint8Array,
  size: number,
  budget: Budget,
): { readonly text: string; readonly codec: string } | undefined {
  const { codec, others } = snapshot.decoding.codec(placed, role, budget);
  for (const one of [codec, ...others]) {
    const reading = one.read?.(bytes, { length: size });
    const text = reading?.problem === undefined ? one.begin?.(bytes, size) : reading.partial?.text;
    if (text !== undefined) return { text, codec: one.name };
  }
  return undefined;
}

/**
 * Returns the text of bytes in a codec. Where they are none of its values: in another that the structure's values suggest or that the bytes
 * themselves prove, if nobody chose the codec; else in hex.
 */
function decodeBytes(
  bytes: Uint8Array,
  { codec, guessed, others }: ChosenCodec,
): { readonly text: string; readonly codec: string } {
  const decoded = codec.decode(bytes);
  if (decoded !== undefined) return { text: decoded.text, codec: codec.name };
  for (const other of others) {
    const text = other.decode(bytes)?.text;
    if (text !== undefined) return { text, codec: other.name };
  }
  const proven = guessed ? provenCodec(bytes) : undefined;
  const text = proven?.decode(bytes)?.text;
  return proven === undefined || text === undefined ? { text: toHex(bytes), codec: 'bytes' } : { text, codec: proven.name };
}

/** Where a run begins in the image. */
export function offsetOf(snapshot: Snapshot, run: StoredBytes): number | undefined {
  const [first] = run.spans;
  if (first === undefined) return undefined;
  return snapshot.places.spaceOf(run.memory)?.memory.toImage(first.start, Math.max(1, first.length))[0]?.start;
}
