/**
 * Fakes VS Code in the page under test that compares two snapshots: answers its calls from a `FakeComparison` and sends notifications. Runs in
 * the browser before the page's script. Tests access it as `fakeCompare`.
 */
import type { ChangeKind } from '../../../engine/views/diff/calls.ts';
import type { DiffNotification } from '../../../engine/views/diff/page.ts';
import { PROTOCOL_VERSION } from '../../../engine/views/protocol.ts';
import { type Asked, type FakePage, fakePage } from '../fake-page.ts';
import { FakeComparison, type FakeComparisonOptions } from './fake-comparison.ts';

interface Params {
  readonly structure: number;
  readonly only: ChangeKind | undefined;
  readonly from: number;
  readonly count: number;
  readonly position: number;
  readonly cells: number;
}

export interface FakeCompareHost extends FakePage<Params, DiffNotification> {
  /** Shows a comparison. Called again, shows another one. */
  show(options?: FakeComparisonOptions): void;
}

declare global {
  interface Window {
    fakeCompare: FakeCompareHost;
  }
}

let comparison = new FakeComparison();

function result({ call, params: { structure, only, from, count, position, cells } }: Asked<Params>): unknown {
  if (call === 'diff/map') return comparison.map(cells);
  return call === 'diff/entries' ? comparison.entries(structure, only, from, count) : comparison.entry(structure, only, position);
}

/** Returns a result as VS Code's channel passes it on. */
const asReceived = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const page = fakePage<Params, DiffNotification>((asked) => asReceived(result(asked)));
window.fakeCompare = Object.assign(page, {
  show: (options: FakeComparisonOptions = {}) => {
    comparison = new FakeComparison(options);
    page.send({
      notification: 'comparison',
      version: PROTOCOL_VERSION,
      source: { before: { kind: 'snapshot', uri: 'file:///before' }, after: { kind: 'snapshot', uri: 'file:///after' } },
      summary: comparison.summary,
      places: { before: { name: 'snapshots/before', hasEditor: true }, after: { name: 'snapshots/after', hasEditor: false } },
    });
  },
});
