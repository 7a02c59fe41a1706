import { UserError } from '../../engine/core/user-error.ts';
import { openImage } from '../../engine/node/open-image.ts';
import type { CostTerms } from '../../engine/snapshot/cost.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import type { Timeline } from '../../engine/trace/timeline.ts';
import type { Notification } from '../../engine/views/protocol.ts';
import { type StepView, snapshotOf, stepSummary } from '../../engine/views/step.ts';
import { TraceDebugSession } from '../../servers/debug-adapter/session.ts';
import type { EngineSettings } from '../../servers/open-files/snapshots.ts';
import type { Traces } from '../../servers/open-files/traces.ts';

interface Running {
  readonly adapter: TraceDebugSession;
  /** The view of one step. Several views use it, but it is created once. */
  cached: { readonly step: number; readonly view: StepView } | undefined;
}

/** The running debug sessions and their current steps. */
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
      keptBytes: this.#settings.keptBytes,
      onStep: () => {
        const view = this.current(session);
        const step = view.timeline.position;
        this.#post({ notification: 'step', session, path: adapter.path, step, summary: stepSummary(view) });
      },
    });
    adapter.onDidSendMessage((message) => this.#post({ notification: 'debug/message', session, message }));
    this.#running.set(session, { adapter, cached: undefined });
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

  /** Returns the view of the session's current step. @throws UserError before its trace is read. */
  current(session: string): StepView {
    const running = this.#get(session);
    const { timeline, title } = running.adapter;
    if (timeline === undefined) throw new UserError('request', 'The debugger has not read its trace yet.');
    const { cached } = running;
    if (cached?.step === timeline.position) return cached.view;
    const view = { title, timeline, snapshot: imageOf(title, timeline, this.#settings.cost, cached?.view.snapshot) };
    running.cached = { step: timeline.position, view };
    return view;
  }

  /** Returns the files that a session reads. */
  sources(session: string): TraceDebugSession['sources'] {
    return this.#get(session).adapter.sources;
  }

  #get(session: string): Running {
    const running = this.#running.get(session);
    if (running === undefined) throw new UserError('request', 'This debug session has ended.');
    return running;
  }
}

/** Returns the memory at the current step as a snapshot. Keeps the codecs that the user chose at the step before. */
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
