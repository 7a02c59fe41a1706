/**
 * Fakes VS Code in the table's page under test: answers its calls from a `FakeTable` and sends notifications. Runs in the browser
 * before the page's script. Tests access it as `fakeTable`.
 */
import { PROTOCOL_VERSION } from '../../../engine/views/protocol.ts';
import type { TableSearch } from '../../../engine/views/table/calls.ts';
import type { TableNotification } from '../../../engine/views/table/page.ts';
import { type Asked, type FakePage, fakePage } from '../fake-page.ts';
import { FakeTable, type FakeTableOptions } from './fake-table.ts';

interface Params {
  readonly from: number;
  readonly count: number;
  readonly wanted: TableSearch;
  readonly search: number;
}

export interface FakeTableHost extends FakePage<Params, TableNotification> {
  /** Shows a table. Called again, shows another state of it. */
  show(options?: FakeTableOptions): void;
}

declare global {
  interface Window {
    fakeTable: FakeTableHost;
  }
}

let table = new FakeTable();

function result({ call, params }: Asked<Params>): unknown {
  switch (call) {
    case 'table/rows':
      return table.rows(params.from, params.count);
    case 'table/index':
      return table.index();
    case 'table/search':
      return table.search(params.wanted);
    default:
      return table.more(params.search);
  }
}

/** Returns a result as VS Code's channel passes it on. */
const asReceived = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const page = fakePage<Params, TableNotification>((asked) => asReceived(result(asked)));
window.fakeTable = Object.assign(page, {
  show: (options: FakeTableOptions = {}) => {
    table = new FakeTable(options);
    const memory = { kind: 'snapshot', path: '/stable_memory.bin' } as const;
    page.send({ notification: 'table', version: PROTOCOL_VERSION, memory, summary: table.summary });
  },
});
