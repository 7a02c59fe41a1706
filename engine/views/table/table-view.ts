import { Budget, interactiveBudget } from '../../core/budget.ts';
import { toHex } from '../../core/format.ts';
import type { Element } from '../../core/structure.ts';
import { STRUCTURE_NAMES } from '../../core/structure-kinds.ts';
import { UserError } from '../../core/user-error.ts';
import type { PlacedStructure } from '../../snapshot/placed.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { nameOfSpace } from '../../snapshot/space.ts';
import { entryLines } from '../entries.ts';
import { ELEMENT_NAMES, plural } from '../names.ts';
import { MAX_CHILDREN, MAX_TEXT } from '../protocol.ts';
import type { KnownLength, RowFormat, TableRow, TableRows, TableSummary } from './calls.ts';
import { TableColumns } from './table-columns.ts';

/** Limits of one answer, in milliseconds: to find first elements and their codecs, to find rows, and to find more elements. */
const MAX_OPENING = 100;
const MAX_GUESSING = 20;
const MAX_ROWS = 60;
const MAX_INDEXING = 25;
/** Characters of rows after which a result is full. */
const FULL = MAX_TEXT / 2;

/** A structure as a table. Its columns are found once, with the codecs of that moment. */
export class TableView {
  readonly columns: TableColumns;
  readonly snapshot: Snapshot;
  readonly placed: PlacedStructure;

  constructor(snapshot: Snapshot, placed: PlacedStructure) {
    this.snapshot = snapshot;
    this.placed = placed;
    const known = placed.structure.count(new Budget({ milliseconds: MAX_OPENING }));
    // The codecs are guessed from the elements that are known by now.
    for (const role of ['key', 'value'] as const)
      snapshot.decoding.codec(placed, role, new Budget({ milliseconds: MAX_GUESSING }));
    this.columns = new TableColumns(snapshot, placed, known, interactiveBudget());
  }

  summary(): TableSummary {
    const { structure, part, spaces } = this.placed;
    const noun = ELEMENT_NAMES[structure.kind];
    const length = structure.length === undefined ? undefined : Number(structure.length);
    return {
      part,
      title: `${plural(noun)} of ${nameOfTable(this.placed)}`,
      shortTitle: `${spaces.map((space) => nameOfSpace({ ...space, name: undefined })).join(', ')} ${plural(noun)}`,
      nouns: [noun, plural(noun)],
      length,
      hasKeys: this.columns.hasKeys,
      columns: this.columns.columns,
      remarks: remarksOf(this.placed),
      ...this.known(),
    };
  }

  /** Returns what is known of the number of elements, without finding more. */
  known(): KnownLength {
    return this.index(0);
  }

  /** Goes on to find all elements, for a number of milliseconds. */
  index(milliseconds = MAX_INDEXING): KnownLength {
    const budget = new Budget(milliseconds === 0 ? { steps: 0 } : { milliseconds });
    const known = this.placed.structure.count(budget);
    return { known, isWhole: budget.cutShort === undefined };
  }

  /** Returns rows by their index. Where they are not known yet, it goes on to find them. */
  rows(from: number, count: number): TableRows {
    const walk = new Budget({ milliseconds: MAX_ROWS });
    const elements = this.placed.structure.elements(from, Math.min(count, MAX_CHILDREN), walk);
    const rows: TableRow[] = [];
    const decoding = interactiveBudget();
    let size = 0;
    for (const element of elements) {
      const row = this.row(element, decoding);
      rows.push(row);
      size += sizeOf(row);
      if (size > FULL) break;
    }
    const { known, isWhole } = this.known();
    const isCut = rows.length < elements.length || walk.cutShort !== undefined;
    const wanted = Math.min(from + Math.min(count, MAX_CHILDREN), known);
    return { from, rows, until: isCut ? from + rows.length : Math.max(from, wanted), known, isWhole };
  }

  row(element: Element, budget: Budget): TableRow {
    return this.columns.row(element, budget);
  }

  /** Returns a row as text: the cells of some columns between tabs, or the line that `entries --json` prints. */
  copy(index: number, format: RowFormat, columns: readonly string[]): string {
    const [element] = this.placed.structure.elements(index, 1, new Budget());
    if (element === undefined) throw new UserError('request', `${this.placed.part} no longer has an element ${index}.`);
    if (format === 'json') return this.#json(index);
    const cells = this.columns.wholeCells(element, new Budget());
    const wanted = this.columns.columns.flatMap(({ id }, place) => (columns.includes(id) ? [cells[place] ?? ''] : []));
    return wanted
      .map((cell) => cell.replace(/[\t\r\n]+/g, ' '))
      .join('\t')
      .slice(0, MAX_TEXT);
  }

  #json(index: number): string {
    const [line] = entryLines(this.snapshot, this.placed, { from: index, limit: 1 }, new Budget());
    return JSON.stringify(line, (_, field: unknown) => (field instanceof Uint8Array ? toHex(field) : field));
  }
}

/** Returns the size of a row in a result, in characters. */
export function sizeOf({ cells }: TableRow): number {
  return cells.reduce((sum, cell) => sum + (cell?.length ?? 0) + 8, 0);
}

/** Returns the name of a structure that is opened as a table: `BTreeMap in memory 3 “events”`. */
export function nameOfTable({ structure, spaces }: PlacedStructure): string {
  return `${STRUCTURE_NAMES[structure.kind]} in ${spaces.map(nameOfSpace).join(' and ')}`;
}

function remarksOf({ structure }: PlacedStructure): readonly string[] {
  if (structure.facts['headerLost'] !== true) return [];
  return ['The header of this map is lost, so nothing leads to its entries. The tree of its elements has those that are left.'];
}
