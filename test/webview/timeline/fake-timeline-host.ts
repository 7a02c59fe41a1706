/**
 * Fakes VS Code in the timeline's page under test: answers its calls from a `FakeTrace` and sends notifications. Runs in the
 * browser before the page's script. Tests access it as `fakeTimeline`.
 */
import { PROTOCOL_VERSION } from '../../../engine/views/protocol.ts';
import type { PictureColour, Span } from '../../../engine/views/timeline/calls.ts';
import type { TimelineNotification } from '../../../engine/views/timeline/page.ts';
import { type Asked, type FakePage, fakePage } from '../fake-page.ts';
import { FakeTrace, type FakeTraceOptions } from './fake-trace.ts';

interface Params {
  readonly space: number;
  readonly steps: Span;
  readonly addresses: Span;
  readonly columns: number;
  readonly rows: number;
  readonly colour: PictureColour;
  readonly step: number;
  readonly address: number;
  readonly cells: number;
  readonly policies: readonly string[];
}

export interface FakeTimeline extends FakePage<Params, TimelineNotification> {
  /** Shows a trace. `step` is where its debugger is; undefined for none. */
  show(options?: ShowOptions): void;
}

type ShowOptions = FakeTraceOptions & { readonly step?: number };

declare global {
  interface Window {
    fakeTimeline: FakeTimeline;
  }
}

let trace: FakeTrace | undefined;

function result({ call, params }: Asked<Params>): unknown {
  const shown = trace ?? new FakeTrace();
  const { space, steps, addresses, columns, rows, colour, step, address, cells, policies } = params;
  switch (call) {
    case 'timeline/addresses':
      return shown.addresses(space, steps, addresses, columns, rows, colour);
    case 'timeline/series':
      return shown.series(space, steps, columns);
    case 'timeline/blocks':
      return shown.blocksAt(step, addresses, cells);
    case 'timeline/story':
      return shown.story(step, address);
    case 'timeline/why':
      return shown.why(step);
    case 'timeline/policies':
      return policies.map((name) => shown.policy(name, columns));
    case 'timeline/flame':
      return shown.flame(step);
    default:
      return [];
  }
}

const page = fakePage<Params, TimelineNotification>(result);
window.fakeTimeline = Object.assign(page, {
  show: ({ step, ...options }: ShowOptions = {}) => {
    trace = new FakeTrace(options);
    page.send({
      notification: 'timeline',
      version: PROTOCOL_VERSION,
      path: '/traces/memory-region.smtrace',
      summary: trace.summary,
      step,
    });
  },
});
