/**
 * Fakes VS Code in the editor's page under test: answers its calls from a `FakeMemory` and sends notifications. Runs in the
 * browser before the page's script. Tests access it as `fakeHost`.
 */
import { PROTOCOL_VERSION, type WebviewNotification } from '../../engine/views/protocol.ts';
import { FakeMemory, type FakeOptions } from './fake-memory.ts';
import { type Asked, type FakePage, fakePage } from './fake-page.ts';

interface Params {
  readonly from: number;
  readonly bytesPerCell: number;
  readonly cells: number;
  readonly offset: number;
  readonly length: number;
  readonly space?: string;
  readonly part: string;
  readonly writes: boolean;
}

export interface FakeHost extends FakePage<Params, WebviewNotification> {
  /** Shows a memory. Called again, shows another state of it. */
  show(options?: FakeOptions): void;
  scan(): void;
}

declare global {
  interface Window {
    fakeHost: FakeHost;
  }
}

let memory = new FakeMemory();

function result({ call, params }: Asked<Params>): unknown {
  switch (call) {
    case 'memory/map':
      return memory.map(params.from, params.bytesPerCell, params.cells, params.writes);
    case 'memory/explain':
      return memory.explain(params.offset);
    case 'memory/space':
      return memory.space(params.part);
    case 'memory/fields':
      return memory.fields(params.offset, params.length, params.space);
    case 'memory/data':
      return memory.data(params.offset, params.length);
    default:
      return memory.read(params.offset, params.length, params.space);
  }
}

const page = fakePage<Params, WebviewNotification>(result);
window.fakeHost = Object.assign(page, {
  show: (options: FakeOptions = {}) => {
    memory = new FakeMemory(options);
    page.send({
      notification: 'show',
      version: PROTOCOL_VERSION,
      memory: { kind: 'snapshot', path: '/stable_memory.bin' },
      summary: memory.summary,
    });
  },
  scan: () => page.send({ notification: 'scan', scan: memory.scan }),
});
