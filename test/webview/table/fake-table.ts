import type {
  BegunSearch,
  KnownLength,
  SearchedRows,
  TableColumn,
  TableRow,
  TableRows,
  TableSearch,
  TableSummary,
} from '../../../engine/views/table/calls.ts';

export interface FakeTableOptions {
  readonly length?: number;
  /** Elements that are found with each call, from `known` on. */
  readonly found?: number;
  readonly known?: number;
  /** Count in the header, if it is not the length. */
  readonly counted?: number;
  readonly hasKeys?: boolean;
  /** Index of a row that damage hides. */
  readonly damaged?: number;
}

const NAMES = ['Ada', 'Grace', 'Alan', 'Edsger', 'Barbara'];

const column = (id: string, isNumber: boolean, isShown = true, label = id): TableColumn => ({
  id,
  label,
  about: `the ${id}`,
  isNumber,
  isShown,
});

const COLUMNS: readonly TableColumn[] = [
  column('index', true, true, '#'),
  column('key', false),
  column('value.id', true, true, 'id'),
  column('value.name', false, true, 'name'),
  column('value.price', true, true, 'price'),
  column('value.tags', false, true, 'tags'),
  column('value.*', false, false, 'other'),
  column('value', false, false),
  column('valueSize', true, false, 'value size'),
];

/** A made-up table. Its rows follow from their index, so that it may have any number of them. */
export class FakeTable {
  readonly #options: Required<FakeTableOptions>;
  readonly #searches = new Map<number, { readonly wanted: TableSearch; next: number }>();
  #known: number;

  constructor(options: FakeTableOptions = {}) {
    const length = options.length ?? 450;
    this.#options = {
      length,
      found: length,
      known: length,
      counted: length,
      hasKeys: true,
      damaged: -1,
      ...options,
    };
    this.#known = this.#options.known;
  }

  get summary(): TableSummary {
    const { counted, hasKeys } = this.#options;
    return {
      part: 'memory/3/btreemap',
      title: 'entries of BTreeMap in memory 3 “events”',
      shortTitle: 'memory 3 entries',
      nouns: ['entry', 'entries'],
      length: counted,
      hasKeys,
      columns: hasKeys ? COLUMNS : COLUMNS.filter(({ id }) => id !== 'key'),
      remarks: [],
      ...this.#length(),
    };
  }

  row(index: number): TableRow {
    const { hasKeys } = this.#options;
    const price = index % 7 === 0 ? 'null' : String((index * 37) % 1000);
    const name = NAMES[index % NAMES.length] ?? '';
    const whole = `{"id": ${index}, "name": "${name}", "price": ${price}}`;
    const cells = [String(index), `user-${index}`, String(index), name, price, `["t${index % 3}"]`, undefined, whole, '48'];
    return {
      index,
      cells: hasKeys ? cells : cells.filter((_, place) => place !== 1),
      at: { start: 65_536 + 64 * index, length: 48 },
    };
  }

  rows(from: number, count: number): TableRows {
    if (from + count > this.#known) this.#find();
    const until = Math.max(from, Math.min(from + count, this.#known));
    const rows = Array.from({ length: until - from }, (_, place) => this.row(from + place));
    return { from, rows: rows.filter(({ index }) => index !== this.#options.damaged), until, ...this.#length() };
  }

  index(): KnownLength {
    this.#find();
    return this.#length();
  }

  search(wanted: TableSearch): BegunSearch {
    if (wanted.kind === 'filter' && /&&\s*$/.test(wanted.expression))
      return { problem: 'The expression ends where a value is expected.', start: wanted.expression.trimEnd().length };
    const search = this.#searches.size + 1;
    this.#searches.set(search, { wanted, next: 0 });
    return { search };
  }

  more(search: number): SearchedRows {
    const going = this.#searches.get(search);
    if (going === undefined) return { rows: [], searched: 0, isDone: true, note: 'Given up.' };
    const rows: TableRow[] = [];
    const end = Math.min(this.#options.length, going.next + 1_000);
    for (; going.next < end && rows.length < 200; going.next += 1) {
      const row = this.row(going.next);
      if (this.#isWanted(going.wanted, row)) rows.push(row);
    }
    const isDone = going.next === this.#options.length;
    const note = isDone && going.wanted.kind === 'key' ? `No key is or contains “${going.wanted.text}”.` : undefined;
    return { rows, searched: going.next, isDone, note };
  }

  #isWanted(wanted: TableSearch, { index, cells }: TableRow): boolean {
    if (wanted.kind === 'byte') return 65_536 + 64 * index === wanted.offset;
    if (wanted.kind === 'key') return index > wanted.after && cells[1]?.includes(wanted.text) === true;
    const price = Number(/price > (\d+)/.exec(wanted.expression)?.[1] ?? -1);
    return cells[4] !== 'null' && Number(cells[4]) > price;
  }

  #find(): void {
    this.#known = Math.min(this.#options.length, this.#known + this.#options.found);
  }

  #length(): KnownLength {
    return { known: this.#known, isWhole: this.#known === this.#options.length };
  }
}
