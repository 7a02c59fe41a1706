import { PROTOCOL_VERSION } from '../../engine/views/protocol.ts';
import { Host } from '../../webview/state/host.ts';
import { EditorModel } from '../../webview/state/model.ts';
import type { Port } from '../../webview/state/page-host.ts';
import { FakeMemory, type FakeOptions } from './fake-memory.ts';

interface Sent {
  readonly id: number;
  readonly call: string;
  readonly params: {
    readonly offset: number;
    readonly from: number;
    readonly cells: number;
    readonly bytesPerCell: number;
    readonly length: number;
    readonly space?: string;
    readonly part: string;
    readonly writes: boolean;
  };
}

const isCall = (message: object): message is Sent => 'call' in message;

/** Fake of the webview's port without a browser. Records messages, and answers when the test says so. */
export class FakePort implements Port {
  readonly notifications: object[] = [];
  readonly calls: Sent[] = [];
  state: unknown;

  postMessage(message: object): void {
    if (isCall(message)) this.calls.push(message);
    else this.notifications.push(message);
  }

  /** The selections that the page reported. */
  get selections(): readonly object[] {
    return this.notifications.filter((each) => 'notification' in each && each.notification === 'selected');
  }

  getState(): unknown {
    return this.state;
  }

  setState(state: unknown): void {
    this.state = state;
  }
}

/** A model and its host with 64 columns and 30 rows, showing a `FakeMemory`. */
export class FakeEditor {
  readonly port = new FakePort();
  readonly host: Host;
  readonly model: EditorModel;
  memory = new FakeMemory();
  /** All answered calls. */
  readonly answered: string[] = [];

  constructor(saved?: unknown) {
    this.port.state = saved;
    this.host = new Host(this.port);
    this.model = new EditorModel(this.host);
  }

  layOut(): void {
    this.model.layOutMap({ columns: 64, pitch: 14, visibleRows: 30 });
    this.model.layOutBytes(12);
  }

  show(options: FakeOptions = {}, path = '/a'): void {
    this.memory = new FakeMemory(options);
    this.model.receive({
      notification: 'show',
      version: PROTOCOL_VERSION,
      memory: { kind: 'snapshot', path },
      summary: this.memory.summary,
    });
  }

  /** Answers the pending calls and the resulting ones, until there are none. With `error`, refuses them instead. */
  async settle(error?: string): Promise<void> {
    for (;;) {
      const [next] = this.port.calls.splice(0, 1);
      if (next === undefined) return;
      this.answered.push(next.call);
      const { id } = next;
      this.host.receive(error === undefined ? { id, result: this.#result(next) } : { id, error: error });
      // Let the promise of the call run.
      await Promise.resolve();
      await Promise.resolve();
    }
  }

  #result({ call, params }: Sent): unknown {
    if (call === 'memory/map') return this.memory.map(params.from, params.bytesPerCell, params.cells, params.writes);
    if (call === 'memory/explain') return this.memory.explain(params.offset);
    if (call === 'memory/space') return this.memory.space(params.part);
    if (call === 'memory/fields') return this.memory.fields(params.offset, params.length, params.space);
    if (call === 'memory/data') return this.memory.data(params.offset, params.length);
    return this.memory.read(params.offset, params.length, params.space);
  }
}
