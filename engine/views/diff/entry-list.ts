import type { ChangeKind, EntryChange } from '../../compare/changes.ts';
import type { PairedStructure } from '../../compare/compare-snapshots.ts';
import type { ScannedSnapshot } from '../../compare/scanned-snapshot.ts';
import { Budget, interactiveBudget } from '../../core/budget.ts';
import { cut, formatCount, toHex } from '../../core/format.ts';
import { offsetAt } from '../../core/memory/memory.ts';
import { readStored } from '../../core/structure.ts';
import { UserError } from '../../core/user-error.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { explainForPeople } from '../explanation.ts';
import {
  type DifferenceRow,
  type DifferenceRows,
  type EntryBytes,
  type EntryDetails,
  type EntrySide,
  MAX_LISTED,
  type MarkedText,
} from './calls.ts';
import { describeChange, type EntryDifference, type EntryState, entryChanges } from './entry-differences.ts';
import { markedBytes, markedTexts, shortened } from './marked-text.ts';

/** Time of one answer. Milliseconds. */
const MAX_TIME = 40;
/** Characters of a name or value in a row, and of a value in the details. */
const MAX_NAME = 200;
const MAX_VALUE = 400;
const MAX_WHOLE_VALUE = 24_000;
/** Maximum parts of a value that are listed in the details. */
const MAX_PARTS = 100;
/** Maximum characters of the rows of an answer. */
const FULL = 100_000;
/** Maximum bytes of an entry that are shown, and those of its beginning that are compared to mark them. */
const MAX_BYTES = 512;
const MAX_COMPARED = 65_536;

/** The entries of a structure that differ. They are found as they are asked for, and decoded when they are shown. */
export class EntryList {
  readonly #before: ScannedSnapshot;
  readonly #after: ScannedSnapshot;
  readonly #pair: PairedStructure;
  readonly #changes: EntryChange[] = [];
  readonly #positions: Readonly<Record<ChangeKind, number[]>> = { added: [], removed: [], changed: [] };
  readonly #work: ReturnType<typeof entryChanges>;
  #isWhole = false;
  #note: string | undefined;

  constructor(before: ScannedSnapshot, after: ScannedSnapshot, pair: PairedStructure) {
    this.#before = before;
    this.#after = after;
    this.#pair = pair;
    this.#work = entryChanges(before, after, pair, new Budget());
  }

  /** Returns rows by their position, among all that differ or those of one kind of change. First goes on to find more. */
  rows(only: ChangeKind | undefined, from: number, count: number, milliseconds = MAX_TIME): DifferenceRows {
    const end = performance.now() + milliseconds;
    while (!this.#isWhole && this.#known(only) < from + count && performance.now() < end) this.#findMore();
    const rows: DifferenceRow[] = [];
    let size = 0;
    for (let position = from; position < from + count && size < FULL; position += 1) {
      const change = this.#at(only, position);
      if (change === undefined || (rows.length > 0 && performance.now() > end)) break;
      const row = rowOf(this.#describe(change));
      rows.push(row);
      size += row.name.length + (row.before?.text.length ?? 0) + (row.after?.text.length ?? 0);
    }
    return { from, rows, known: this.#known(only), isWhole: this.#isWhole, note: this.#note };
  }

  /** Returns all that can be shown of an entry. @throws UserError if there is none at this position */
  details(only: ChangeKind | undefined, position: number): EntryDetails {
    const change = this.#at(only, position);
    if (change === undefined)
      throw new UserError('request', 'This entry is not in the list any more. Compare the snapshots again.');
    const line = this.#describe(change);
    const [before, after] = markedValues(line);
    const [old, now] = [bytesOf(change.before), bytesOf(change.after)];
    const side = (
      { snapshot }: ScannedSnapshot,
      own: StoredValue,
      other: StoredValue,
      state: EntryState,
      value: Value,
    ): EntrySide => ({
      index: state.index,
      value: value && { text: cut(value.text, MAX_WHOLE_VALUE), marks: value.marks.filter(([start]) => start < MAX_WHOLE_VALUE) },
      codec: state.valueCodec,
      bytes: own && entryBytes(own, other),
      at: state.offset === undefined ? undefined : { start: state.offset, length: Math.max(1, state.size ?? 1) },
      path: state.offset === undefined ? [] : ownersAt(snapshot, state.offset),
    });
    return {
      change: line.change,
      name: cut(nameOf(line), MAX_WHOLE_VALUE),
      keyCodec: line.keyCodec,
      before: line.before && side(this.#before, old, now, line.before, before),
      after: line.after && side(this.#after, now, old, line.after, after),
      parts: (line.parts ?? []).slice(0, MAX_PARTS).map((part) => ({
        part: part.part,
        before: part.before === undefined ? undefined : cut(part.before, MAX_VALUE),
        after: part.after === undefined ? undefined : cut(part.after, MAX_VALUE),
      })),
    };
  }

  #known(only: ChangeKind | undefined): number {
    return only === undefined ? this.#changes.length : this.#positions[only].length;
  }

  #at(only: ChangeKind | undefined, position: number): EntryChange | undefined {
    return this.#changes[only === undefined ? position : (this.#positions[only][position] ?? -1)];
  }

  #findMore(): void {
    const { value, done } = this.#work.next();
    if (done === true) this.#isWhole = true;
    else if (value === undefined) return;
    else if ('incomplete' in value) this.#note = `The list is not complete: ${value.reason}`;
    else if (this.#changes.length === MAX_LISTED) {
      this.#isWhole = true;
      this.#work.return();
      this.#note = `The first ${formatCount(MAX_LISTED)} are listed. “stable-memory diff --entries” lists all.`;
    } else this.#positions[value.kind].push(this.#changes.push(value) - 1);
  }

  #describe(change: EntryChange): EntryDifference {
    return describeChange(this.#before.snapshot, this.#after.snapshot, this.#pair, change, interactiveBudget(), false);
  }
}

type Value = MarkedText | undefined;
type StoredValue = { readonly address: number; readonly size: number; readonly bytes: Uint8Array } | undefined;

function rowOf(line: EntryDifference): DifferenceRow {
  const [before, after] = markedValues(line);
  return {
    change: line.change,
    name: cut(nameOf(line).replaceAll(/\s/g, ' '), MAX_NAME),
    before: before && shortened(before, MAX_VALUE),
    after: after && shortened(after, MAX_VALUE),
  };
}

function nameOf({ path, keyText, before, after }: EntryDifference): string {
  return path ?? keyText ?? formatCount((after ?? before)?.index ?? 0);
}

/** Returns the values of both sides. Of a changed entry, what differs is marked. */
function markedValues({ before, after }: EntryDifference): readonly [Value, Value] {
  const [old, now] = [before?.valueText, after?.valueText];
  if (old !== undefined && now !== undefined) return markedTexts(old, now);
  const plain = (text: string | undefined): Value => (text === undefined ? undefined : { text, marks: [] });
  return [plain(old), plain(now)];
}

/** Reads the beginning of a value, or of a key where there is no value. */
function bytesOf(element: EntryChange['before'] | EntryChange['after']): StoredValue {
  const stored = element?.value ?? element?.key;
  const address = stored?.spans[0]?.start;
  if (stored === undefined || address === undefined) return undefined;
  return { address, size: stored.size, bytes: readStored(stored, Math.min(stored.size, MAX_COMPARED)) };
}

function entryBytes({ address, size, bytes }: NonNullable<StoredValue>, other: StoredValue): EntryBytes {
  const shown = bytes.subarray(0, MAX_BYTES);
  const marks = other === undefined ? [] : markedBytes(bytes, other.bytes);
  return {
    address,
    size,
    hex: toHex(shown),
    marks: marks.filter(([start]) => start < MAX_BYTES).map(([start, end]) => [start, Math.min(end, MAX_BYTES)]),
  };
}

function ownersAt(snapshot: Snapshot, offset: number): readonly string[] {
  const { crumbs } = explainForPeople(snapshot, offsetAt(0, offset), interactiveBudget());
  return crumbs.map(({ label }) => label);
}
