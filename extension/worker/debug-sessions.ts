import { openImage } from '../../engine/node/open-image.ts';
import type { CostTerms } from '../../engine/snapshot/cost.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import type { Timeline } from '../../engine/trace/timeline.ts';
import type { Notification } from '../../engine/views/protocol.ts';
import { type StepView, snapshotOf, stepSummary } from '../../engine/views/step.ts';
import { TraceDebugSession } from '../../servers/debug-adapter/session.ts';
import { type EngineSettings, Refusal } from '../../servers/open-files/snapshots.ts';
import type { Traces } from '../../servers/open-files/traces.ts';

interface Running {
  readonly adapter: TraceDebugSession;
  /** The image at the step that it was made for: asked for by several views, made once. */
  view: { readonly step: number; readonly moment: StepView } | undefined;
}

/** The debug sessions that run, and the moments that they stand at. */
export class DebugSessions {
  readonly #traces: Traces;
  readonly #settings: EngineSettings;
  readonly #post: (notification: Notification) => void;
  readonly #running = new Map<string, Running>();

  constructor(traces: Traces, settings: EngineSettings, post: (notification: Notification) => void) {
    this.#traces = traces;
    this.#settings = settings;
    this.#post = post;
  }

  start(session: string): undefined {
    const adapter = new TraceDebugSession({
      traces: this.#traces,
      openImage: (path) => openImage(path, { unpackLimit: this.#settings.unpackLimit }),
      onStep: () => this.#post({ notification: 'step', session, summary: stepSummary(this.moment(session)) }),
    });
    adapter.onDidSendMessage((message) => this.#post({ notification: 'debug/message', session, message }));
    this.#running.set(session, { adapter, view: undefined });
    return undefined;
  }

  receive(session: string, message: object): undefined {
    this.#get(session).adapter.handleMessage(message);
    return undefined;
  }

  stop(session: string): undefined {
    this.#running.get(session)?.adapter.dispose();
    this.#running.delete(session);
    return undefined;
  }

  /** What a session shows now. */
  moment(session: string): StepView {
    const running = this.#get(session);
    const { timeline, title } = running.adapter;
    if (timeline === undefined) throw new Refusal('The debugger has not read its trace yet.');
    const known = running.view;
    if (known?.step === timeline.position) return known.moment;
    const moment = { title, timeline, snapshot: imageOf(title, timeline, this.#settings.cost, known?.moment.snapshot) };
    running.view = { step: timeline.position, moment };
    return moment;
  }

  #get(session: string): Running {
    const running = this.#running.get(session);
    if (running === undefined) throw new Refusal('This debug session has ended.');
    return running;
  }
}

/** The memory at this moment as a snapshot. What the user said of keys and values at another moment holds here, too. */
function imageOf(
  title: string,
  timeline: Timeline,
  cost: CostTerms | undefined,
  before: Snapshot | undefined,
): Snapshot | undefined {
  const snapshot = snapshotOf(title, timeline, cost);
  if (snapshot === undefined) return undefined;
  if (before !== undefined) snapshot.decoding.adopt(before.decoding);
  return snapshot;
}
