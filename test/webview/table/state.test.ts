import { expect, test } from 'vitest';
import { PROTOCOL_VERSION } from '../../../engine/views/protocol.ts';
import type { TableSearch } from '../../../engine/views/table/calls.ts';
import { RowCache } from '../../../webview/table/state/row-cache.ts';
import { parseSaved } from '../../../webview/table/state/saved.ts';
import { nextSort, sorted } from '../../../webview/table/state/sorting.ts';
import { statusOf } from '../../../webview/table/state/status.ts';
import { TableHost } from '../../../webview/table/state/table-host.ts';
import { TableModel } from '../../../webview/table/state/table-model.ts';
import { rowCount, shownColumns, totalOf } from '../../../webview/table/state/table-state.ts';
import { FakePort } from '../fake-port.ts';
import { FakeTable, type FakeTableOptions } from './fake-table.ts';

/** A model and its host, showing a `FakeTable` with 20 rows on screen. */
class FakePage {
  readonly port = new FakePort();
  readonly host: TableHost;
  readonly model: TableModel;
  table = new FakeTable();
  /** The calls that were answered. */
  readonly answered: { readonly call: string; readonly params: object }[] = [];

  constructor(saved?: unknown) {
    this.port.state = saved;
    this.host = new TableHost(this.port);
    this.model = new TableModel(this.host);
    this.model.layOut(20);
  }

  show(options: FakeTableOptions = {}, path = '/a'): void {
    this.table = new FakeTable(options);
    const memory = { kind: 'snapshot', path } as const;
    this.model.receive({ notification: 'table', version: PROTOCOL_VERSION, memory, summary: this.table.summary });
  }

  /** Returns results to calls and the resulting ones, until there are none. At most `limit` of them. With `error`, refuses them instead. */
  async settle({ limit = Number.POSITIVE_INFINITY, error }: { limit?: number; error?: string } = {}): Promise<void> {
    for (let count = 0; count < limit; count += 1) {
      const [next] = this.port.calls.splice(0, 1);
      if (next === undefined) return;
      this.answered.push(next);
      const { id } = next;
      this.host.receive(error === undefined ? { id, result: asReceived(this.#result(next)) } : { id, error });
      for (let turn = 0; turn < 4; turn += 1) await Promise.resolve();
    }
  }

  /** The ranges of rows that were read. */
  get read(): readonly (readonly [number, number])[] {
    return this.answered.flatMap(({ call, params }) =>
      call === 'table/rows' && 'from' in params && 'count' in params
        ? [[Number(params.from), Number(params.count)] as const]
        : [],
    );
  }

  get status(): string {
    return statusOf(this.model.state).join(' ');
  }

  #result({ call, params }: { readonly call: string; readonly params: object }): unknown {
    const { from = 0, count = 0, wanted, search = 0 } = params as Partial<Asked>;
    if (call === 'table/rows') return this.table.rows(from, count);
    if (call === 'table/index') return this.table.index();
    return call === 'table/search' && wanted !== undefined ? this.table.search(wanted) : this.table.more(search);
  }
}

/** Returns a message as a page receives it. */
const asReceived = (message: unknown): unknown => JSON.parse(JSON.stringify(message));

interface Asked {
  readonly from: number;
  readonly count: number;
  readonly wanted: TableSearch;
  readonly search: number;
}

const indexAt = (page: FakePage, position: number) => {
  const row = page.model.rowAt(position);
  return row === undefined || row === 'unreadable' ? row : row.index;
};

test('of ten million rows, only those on screen are read, and a screen on each side', async () => {
  const page = new FakePage();
  page.show({ length: 10_000_000 });
  await page.settle();
  expect(page.read).toEqual([
    [0, 21],
    [21, 21],
  ]);
  page.model.scroll(5_000_000);
  await page.settle();
  const [first, ...others] = page.read.slice(2);
  expect(first).toEqual([5_000_000, 21]);
  expect(others).toEqual([
    [5_000_021, 21],
    [4_999_979, 21],
  ]);
  expect(indexAt(page, 5_000_010)).toBe(5_000_010);
  expect(rowCount(page.model.state)).toBe(10_000_000);
});

test('rows that are not found yet are asked for until they are, and the line below says how far that is', async () => {
  const page = new FakePage();
  page.show({ length: 10_000_000, known: 1_000, found: 1_000_000 });
  await page.settle({ limit: 2 });
  page.model.goToIndex(8_000_000);
  await page.settle({ limit: 3 });
  expect(page.status).toMatch(/^Finding row 7,999,99\d: \d,\d{3},\d{3} of 10,000,000 entries are found so far\.$/);
  expect(indexAt(page, 8_000_000)).toBeUndefined();
  await page.settle({ limit: 20 });
  expect(indexAt(page, 8_000_000)).toBe(8_000_000);
});

test('a cell that an element does not have is none, although the channel has null for it', async () => {
  const page = new FakePage();
  page.show();
  page.model.setFilter('price > 990');
  await page.settle();
  const row = page.model.rowAt(0);
  expect(row === undefined || row === 'unreadable' ? row : row.cells[6]).toBeUndefined();
  expect(row === undefined || row === 'unreadable' ? row : row.cells).not.toContain(null);
});

test('a header that counts other elements than there are is told apart from them', async () => {
  const page = new FakePage();
  page.show({ length: 450, counted: 457 });
  await page.settle();
  expect(totalOf(page.model.state)).toBe(450);
  expect(page.status).toBe('The header counts 457 entries, but 450 can be read.');
});

test('a row that damage hides is not asked for again', async () => {
  const page = new FakePage();
  page.show({ length: 30, damaged: 5 });
  await page.settle();
  expect(indexAt(page, 5)).toBe('unreadable');
  expect(page.read).toEqual([
    [0, 21],
    [21, 9],
  ]);
});

test('a filter lists its rows as they are found, and can be stopped', async () => {
  const page = new FakePage();
  page.show({ length: 100_000 });
  await page.settle();
  page.model.setFilter('price > 900');
  await page.settle({ limit: 3 });
  const some = rowCount(page.model.state);
  expect(some).toBeGreaterThan(50);
  expect(page.status).toMatch(/^\d+ found so far\. \d+ % looked at: [\d,]+ of 100,000 entries\.$/);
  page.model.stop();
  await page.settle();
  expect(page.status).toMatch(/match in the first [\d,]+ of 100,000 entries\. The search was stopped there\.$/);
  expect(rowCount(page.model.state)).toBe(some);
  page.model.setFilter('');
  await page.settle();
  expect(page.status).toBe('100,000 entries.');
});

test('a filter that finds very many rows ends, and says where', async () => {
  const page = new FakePage();
  page.show({ length: 100_000 });
  page.model.setFilter('price > 0');
  await page.settle();
  expect(rowCount(page.model.state)).toBe(10_000);
  expect(page.status).toMatch(/^The first 10,000 that match, in the first 1\d,\d{3} of 100,000 entries\./);
});

test('a filter that ended with all looked at says how many match', async () => {
  const page = new FakePage();
  page.show({ length: 450 });
  page.model.setFilter('price > 990');
  await page.settle();
  expect(page.status).toBe(`${rowCount(page.model.state)} of 450 entries match.`);
  expect(page.model.state.announcement).toBe(`${rowCount(page.model.state)} entries match.`);
});

test('only the last of two filters is listed', async () => {
  const page = new FakePage();
  page.show({ length: 5_000 });
  page.model.setFilter('price > 1');
  page.model.setFilter('price > 990');
  await page.settle();
  expect(page.model.state.filter?.expression).toBe('price > 990');
  page.model.setFilter('price > 1');
  page.model.setFilter('');
  await page.settle();
  expect(page.model.state.filter).toBeUndefined();
});

test('a wrong filter says what is wrong and where, and leaves the rows as they are', async () => {
  const page = new FakePage();
  page.show();
  page.model.setFilter('price > 1 &&');
  await page.settle();
  expect(page.model.state.problem).toEqual({ text: 'The expression ends where a value is expected.', start: 12 });
  expect(rowCount(page.model.state)).toBe(450);
  page.model.setFilter('price > 990');
  await page.settle();
  expect(page.model.state.problem).toBeUndefined();
});

test('a short table is sorted as a whole, and says so', async () => {
  const page = new FakePage();
  page.show({ length: 450 });
  page.model.sortBy('value.price');
  await page.settle();
  expect(page.status).toBe('450 entries. Sorted by price, ascending: all 450.');
  const prices = Array.from({ length: 450 }, (_, index) => (index % 7 === 0 ? 1_000 : (index * 37) % 1_000));
  expect(indexAt(page, 0)).toBe(prices.indexOf(Math.min(...prices)));
  page.model.sortBy('value.price');
  await page.settle();
  expect(page.status).toBe('450 entries. Sorted by price, descending: all 450.');
  page.model.sortBy('value.price');
  await page.settle();
  expect(page.status).toBe('450 entries.');
  expect(indexAt(page, 0)).toBe(0);
});

test('of a long table, what is loaded is sorted, and the line says how much that is', async () => {
  const page = new FakePage();
  page.show({ length: 10_000_000 });
  page.model.sortBy('value.price');
  expect(page.status).toBe('10,000,000 entries. Reading rows to sort: 2,000 to go.');
  await page.settle();
  expect(page.status).toBe('10,000,000 entries. Sorted by price, ascending: 2,000 loaded of 10,000,000.');
  expect(rowCount(page.model.state)).toBe(2_000);
});

test('the rows of a filter are sorted, too, also while they are found', async () => {
  const page = new FakePage();
  page.show({ length: 3_000 });
  page.model.setFilter('price > 950');
  await page.settle({ limit: 3 });
  page.model.sortBy('value.price');
  await page.settle();
  const prices = Array.from({ length: rowCount(page.model.state) }, (_, position) => {
    const row = page.model.rowAt(position);
    return row === undefined || row === 'unreadable' ? 0 : Number(row.cells[4]);
  });
  expect(prices).toEqual(prices.toSorted((a, b) => a - b));
  expect(page.status).toContain(`Sorted by price, ascending: all ${prices.length}.`);
});

test('a key is found from the selected row on', async () => {
  const page = new FakePage();
  page.show({ length: 450 });
  page.model.goToKey('user-3');
  await page.settle();
  expect(page.model.state.cursor.row).toBe(3);
  page.model.goToKey('user-3');
  await page.settle();
  expect(page.model.state.cursor.row).toBe(30);
  page.model.goToKey('nobody');
  await page.settle();
  expect(page.model.state.note).toBe('No key is or contains “nobody”.');
  expect(page.model.state.jump).toBeUndefined();
});

test('the host selects a row by its index, or by a byte', async () => {
  const page = new FakePage();
  page.show({ length: 450 });
  page.model.setFilter('price > 990');
  await page.settle();
  page.model.receive({ notification: 'go', to: { index: 40 } });
  expect(page.model.state.cursor.row).toBe(40);
  expect(page.model.state.filter).toBeUndefined();
  page.model.receive({ notification: 'go', to: { kind: 'byte', offset: 65_536 + 64 * 77 } });
  await page.settle();
  expect(page.model.state.cursor.row).toBe(77);
});

test('a row leads to its bytes, and is copied with the columns on screen', async () => {
  const page = new FakePage();
  page.show();
  await page.settle();
  page.model.showColumn('value.tags', false);
  page.model.showColumn('valueSize', true);
  page.model.showBytes(3);
  page.model.copy(3, 'tsv');
  const columns = ['index', 'key', 'value.id', 'value.name', 'value.price', 'valueSize'];
  expect(page.port.notifications).toEqual([
    { notification: 'bytes', at: { start: 65_536 + 3 * 64, length: 48 } },
    { notification: 'copy', index: 3, format: 'tsv', columns },
  ]);
});

test('the same rows are there again after a step, with what they hold by then', async () => {
  const page = new FakePage();
  page.show({ length: 450 });
  await page.settle();
  page.model.moveTo(300, 2);
  await page.settle();
  const { top, cursor } = page.model.state;
  page.show({ length: 460 });
  expect(page.model.rowAt(300)).toBeUndefined();
  await page.settle();
  expect(page.model.state.top).toBe(top);
  expect(page.model.state.cursor).toEqual(cursor);
  expect(indexAt(page, 300)).toBe(300);
});

test('an answer about an older step is dropped', async () => {
  const page = new FakePage();
  page.show({ length: 450 });
  page.show({ length: 3 });
  await page.settle();
  expect(rowCount(page.model.state)).toBe(3);
  expect(page.model.rowAt(10)).toBeUndefined();
});

test('rows that cannot be read are an error on screen, and are asked for again after the next change', async () => {
  const page = new FakePage();
  page.show();
  await page.settle({ error: 'The memory engine was restarted.' });
  expect(page.model.state.error).toBe('The memory engine was restarted.');
  page.show();
  await page.settle();
  expect(page.model.state.error).toBeUndefined();
  expect(indexAt(page, 0)).toBe(0);
});

test('columns, place and filter outlive the page', async () => {
  const first = new FakePage();
  first.show({ length: 5_000 });
  await first.settle();
  first.model.resize('value.name', 222);
  first.model.showColumn('value', true);
  first.model.moveTo(1_000, 1);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const second = new FakePage(first.port.state);
  second.show({ length: 5_000 });
  await second.settle();
  expect(second.model.state.cursor.row).toBe(1_000);
  expect(shownColumns(second.model.state).find(({ id }) => id === 'value.name')?.width).toBe(222);
  expect(shownColumns(second.model.state).some(({ id }) => id === 'value')).toBe(true);
  second.model.setFilter('price > 990');
  await second.settle();
  await new Promise((resolve) => setTimeout(resolve, 300));
  const third = new FakePage(second.port.state);
  third.show({ length: 5_000 });
  await third.settle();
  expect(third.model.state.filter?.expression).toBe('price > 990');
});

test.each([undefined, null, 5, { part: 7, arrangement: { shown: [1], widths: { a: -1, b: 'x' } } }])(
  'saved state %j is replaced where it is invalid',
  (value) => {
    expect(parseSaved(value)).toMatchObject({ part: '', top: 0, filter: '', arrangement: { widths: {} } });
  },
);

test('cells are sorted as numbers of any size, then as texts, and none is last', () => {
  const cells = ['10', '9', 'b', '18446744073709551615', undefined, '-1', '2.5', 'a', '0x1f'];
  const rows = cells.map((cell, index) => ({ index, cells: [cell], at: undefined }));
  const order = (direction: 'ascending' | 'descending') => sorted(rows, 0, direction).map((row) => row.cells[0]);
  expect(order('ascending')).toEqual(['-1', '2.5', '9', '10', '0x1f', '18446744073709551615', 'a', 'b', undefined]);
  expect(order('descending')).toEqual(['b', 'a', '18446744073709551615', '0x1f', '10', '9', '2.5', '-1', undefined]);
  expect(nextSort(nextSort(nextSort(undefined, 'x'), 'x'), 'x')).toBeUndefined();
});

test('the cache keeps a bounded number of rows', () => {
  const cache = new RowCache();
  for (let from = 0; from < 50_000; from += 100)
    cache.add(
      from,
      from + 100,
      Array.from({ length: 100 }, (_, place) => ({ index: from + place, cells: [], at: undefined })),
    );
  expect(cache.size).toBe(20_000);
  expect(cache.missing(49_900, 50_100)).toEqual({ from: 50_000, count: 100 });
  expect(cache.missing(0, 1_000)).toEqual({ from: 0, count: 200 });
});
