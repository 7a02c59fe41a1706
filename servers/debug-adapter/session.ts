import { basename } from 'node:path';
import { DebugSession, InitializedEvent, OutputEvent } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { formatCounted } from '../../engine/core/format.ts';
import { describeBug, UserError } from '../../engine/core/user-error.ts';
import type { ImageProblem, OpenImage } from '../../engine/node/open-image.ts';
import type { Timeline } from '../../engine/trace/timeline.ts';
import type { OpenTrace, TraceProblem, Traces } from '../open-files/traces.ts';
import { BreakpointList } from './breakpoints/breakpoint-list.ts';
import { watchedRange } from './breakpoints/watched-ranges.ts';
import { CAPABILITIES } from './capabilities.ts';
import type { ClientPlaces } from './client-places.ts';
import { Debuggee } from './debuggee.ts';
import { type LaunchArguments, readLaunchArguments } from './launch.ts';
import { LaunchProgress } from './launch-progress.ts';
import { PartCursor } from './part-cursor.ts';
import { Trail } from './questions/trail.ts';
import { HANDLERS } from './requests/handlers.ts';
import { type Launched, refuseDuringRun } from './requests/launched.ts';
import { type Stop, Stops } from './stops.ts';
import { THREAD, Travel } from './travel.ts';
import { StepScope } from './values/step-scope.ts';
import { Variables } from './values/variables.ts';

export interface SessionDependencies {
  readonly traces: Traces;
  /** Opens the snapshot that a trace begins with. */
  readonly openImage: (path: string) => Promise<OpenImage | ImageProblem>;
  /** Called whenever the session stops at another step. */
  readonly onStep?: () => void;
  /** Called after the client disconnected, or closed its stream. */
  readonly onEnd?: () => void;
  /** Maximum bytes of the states that are kept of a trace. */
  readonly keptBytes?: number | undefined;
  /** Maximum time of a run that is shown as one step. Milliseconds. */
  readonly syncTime?: number;
}

const DEFAULT_SYNC_TIME = 50;

/**
 * The debug adapter. Handles the requests of the protocol by stepping through a trace in both directions. It handles the life of the
 * session itself; the files of `requests/` handle all requests about the trace.
 */
export class TraceDebugSession extends DebugSession {
  readonly #dependencies: SessionDependencies;
  readonly #log = (message: string): void => this.sendEvent(new OutputEvent(`${message}\n`, 'console'));
  readonly #ended = new AbortController();
  /** Numbers of cancelled requests. */
  readonly #cancelled = new Set<number>();
  #client: Partial<DebugProtocol.InitializeRequestArguments> = {};
  #stops = this.#newStops();
  #launched: Launched | undefined;
  /** The progress of the launch, while the trace is read. */
  #reading: LaunchProgress | undefined;

  constructor(dependencies: SessionDependencies) {
    super();
    this.#dependencies = dependencies;
  }

  /** The timeline at the current step; undefined until the trace is read. */
  get timeline(): Timeline | undefined {
    return this.#launched?.debuggee.timeline;
  }

  /** The path of the trace; empty until it is read. */
  get path(): string {
    return this.#launched?.args.trace ?? '';
  }

  /** The files that the session reads, and the folder of its snapshot. */
  get sources(): { readonly inputs: readonly string[]; readonly folder: string | undefined } {
    const image = this.#launched?.image;
    return { inputs: [...(this.path === '' ? [] : [this.path]), ...(image?.files ?? [])], folder: image?.folder };
  }

  /** The name of the trace. */
  get title(): string {
    return basename(this.path);
  }

  override handleMessage(message: object): void {
    if ('seq' in message && typeof message.seq === 'number' && 'type' in message && typeof message.type === 'string') {
      super.handleMessage({ ...message, seq: message.seq, type: message.type });
    }
  }

  override dispose(): void {
    this.#ended.abort();
    this.#launched?.travel.end();
    this.#launched?.image?.close();
    this.#launched = undefined;
    super.dispose();
  }

  /** Called when the client closes its stream. The session's owner decides what ends with it. */
  override shutdown(): void {
    this.#dependencies.onEnd?.();
  }

  protected override dispatchRequest(request: DebugProtocol.Request): void {
    const response = responseTo(request);
    switch (request.command) {
      case 'initialize': {
        // A client that does not say so means native paths, by the protocol.
        const { pathFormat = 'path', ...args } = request.arguments ?? {};
        super.dispatchRequest({ ...request, arguments: { pathFormat, ...args } });
        return;
      }
      case 'launch':
        this.#launch(request.arguments ?? {}, response).catch((error: unknown) => {
          this.#refuse(response, describeFailure(error), true);
        });
        return;
      case 'configurationDone':
        this.sendResponse(response);
        this.#start();
        return;
      case 'restart':
        this.#restart(response).catch((error: unknown) => this.#refuse(response, describeFailure(error)));
        return;
      case 'disconnect':
        this.#launched?.travel.end();
        this.sendResponse(response);
        this.#dependencies.onEnd?.();
        return;
      case 'pause':
        this.sendResponse(response);
        this.#launched?.travel.pause();
        return;
      case 'cancel':
        this.sendResponse(response);
        this.#cancel(request.arguments ?? {});
        return;
      case 'threads':
        response.body = { threads: this.#launched ? [{ id: THREAD, name: this.title }] : [] };
        this.sendResponse(response);
        return;
      default:
        this.#handle(request, response);
    }
  }

  protected override initializeRequest(
    response: DebugProtocol.InitializeResponse,
    args: DebugProtocol.InitializeRequestArguments,
  ): void {
    this.#client = args;
    this.#stops = this.#newStops();
    response.body = CAPABILITIES;
    this.sendResponse(response);
  }

  async #launch(launch: object, response: DebugProtocol.LaunchResponse): Promise<void> {
    const args = readLaunchArguments(launch);
    if (typeof args === 'string') {
      this.#refuse(response, args, true);
      return;
    }
    const open = await this.#read(args.trace);
    if (open === 'cancelled' || 'problem' in open) {
      this.#refuse(response, open === 'cancelled' ? 'The launch was cancelled.' : open.problem, open !== 'cancelled');
      return;
    }
    const image = args.snapshot === undefined ? undefined : await this.#dependencies.openImage(args.snapshot);
    const usable = image && !('problem' in image) ? image : undefined;
    if (this.#ended.signal.aborted) {
      usable?.close();
      return;
    }
    const debuggee = this.#debuggeeOf(open, usable);
    this.#launched = this.#begin(args, debuggee, usable);
    const missing = image && 'problem' in image ? [`${image.problem} The trace is shown without its snapshot.`] : [];
    const watched = args.watch.map((range) => watchedRange(range, debuggee.timeline));
    this.#greet(debuggee, [...missing, ...watchProblems(this.#launched.breakpoints.setWatched(watched))]);
    this.sendResponse(response);
    this.sendEvent(new InitializedEvent());
  }

  async #read(path: string): Promise<OpenTrace | TraceProblem | 'cancelled'> {
    if (this.#client.supportsProgressReporting !== true) return this.#dependencies.traces.open(path);
    const progress = new LaunchProgress(`Reading ${basename(path)}`, (event) => this.#send(event));
    this.#reading = progress;
    const open = await Promise.race([this.#dependencies.traces.open(path, progress.part), progress.cancelled]);
    progress.end();
    this.#reading = undefined;
    return open;
  }

  #begin(args: LaunchArguments, debuggee: Debuggee, image: OpenImage | undefined): Launched {
    const { names } = new StepScope(debuggee.timeline);
    const client = this.#places();
    const breakpoints = new BreakpointList(names, (line) => client.toClientLine(line));
    const current = (): Debuggee => this.#launched?.debuggee ?? debuggee;
    const travel = new Travel({
      debuggee: current,
      breakpoints,
      send: (event) => this.#send(event),
      log: (message) => this.#writeAt(current(), message, client),
      reportStop: (stop) => this.#stops.report(stop),
      showsProgress: this.#client.supportsProgressReporting === true,
      syncTime: this.#dependencies.syncTime ?? DEFAULT_SYNC_TIME,
    });
    return {
      args,
      debuggee,
      image,
      breakpoints,
      travel,
      trail: new Trail(),
      client,
      parts: new PartCursor(() => current().timeline),
      variables: new Variables(),
      memoriesRead: new Set(),
      hex: false,
      showsInvalidated: this.#client.supportsInvalidatedEvent === true,
      isCancelled: (seq) => this.#ended.signal.aborted || this.#cancelled.has(seq),
      announceMove: () => this.#stops.moves(),
      send: (event) => this.#send(event),
    };
  }

  #places(): ClientPlaces {
    return {
      toClientLine: (line) => this.convertDebuggerLineToClient(line),
      fromClientLine: (line) => this.convertClientLineToDebugger(line),
      toClientColumn: (column) => this.convertDebuggerColumnToClient(column),
      fromClientColumn: (column) => this.convertClientColumnToDebugger(column),
    };
  }

  #greet(debuggee: Debuggee, problems: readonly string[]): void {
    const { steps } = debuggee.timeline;
    this.#log(`${debuggee.summary.title}: ${formatCounted(steps, 'step')}. Type “help” for the commands and expressions.`);
    for (const problem of [...problems, ...debuggee.problems]) this.sendEvent(new OutputEvent(`${problem}\n`, 'important'));
  }

  /** Goes to the first stop. */
  #start(): void {
    const launched = this.#launched;
    const { stopOnEntry = false, step } = launched?.args ?? {};
    if (step !== undefined) launched?.travel.seek(step, 'entry');
    else if (stopOnEntry) launched?.travel.stop('entry');
    else launched?.travel.go('forward', launched.debuggee.timeline.steps);
  }

  async #restart(response: DebugProtocol.RestartResponse): Promise<void> {
    const open = this.#launched && (await this.#dependencies.traces.open(this.#launched.args.trace));
    if (this.#ended.signal.aborted) return;
    this.#execute(response, (launched) => {
      refuseDuringRun(launched);
      if (open !== undefined && !('problem' in open) && !launched.debuggee.isOf(open)) this.#reopen(launched, open);
      launched.breakpoints.resetHits();
      launched.announceMove();
      launched.travel.seek(0, 'restart');
      return undefined;
    });
  }

  /** Opens the rewritten trace. Its breakpoints have other lines and steps now. */
  #reopen(launched: Launched, open: OpenTrace): void {
    launched.debuggee = this.#debuggeeOf(open, launched.image);
    launched.trail.clear();
    this.#greet(launched.debuggee, []);
    for (const breakpoint of launched.breakpoints.rebind((name) => launched.debuggee.documentNamed(name))) {
      this.#send({ event: 'breakpoint', body: { reason: 'changed', breakpoint } });
    }
  }

  /** Returns a trace to debug. Its text takes the states that the debugger computes. */
  #debuggeeOf(open: OpenTrace, image: OpenImage | undefined): Debuggee {
    const options = { image: image?.memory, keptBytes: this.#dependencies.keptBytes };
    const debuggee = new Debuggee(open, options, this.#isVsCode);
    // The text knows nothing of a snapshot.
    if (image === undefined) open.history.borrowFrom(debuggee.timeline);
    return debuggee;
  }

  #cancel({ progressId, requestId }: DebugProtocol.CancelArguments): void {
    if (requestId !== undefined) this.#cancelled.add(requestId);
    if (progressId === undefined) return;
    this.#reading?.cancel(progressId);
    this.#launched?.travel.cancel(progressId);
  }

  get #isVsCode(): boolean {
    return this.#client.clientID === 'vscode';
  }

  #newStops(): Stops {
    return new Stops(this.#isVsCode, {
      stopped: (stop) => this.#stopped(stop),
      continued: () => this.#send({ event: 'continued', body: { threadId: THREAD, allThreadsContinued: true } }),
    });
  }

  #stopped(body: Stop): void {
    // What was shown of the previous step is no longer valid.
    this.#launched?.variables.clear();
    if (this.timeline) this.#launched?.trail.visit(this.timeline.position, this.#launched.travel.jumped);
    this.#send({ event: 'stopped', body });
    this.#dependencies.onStep?.();
    if (!this.#client.supportsMemoryEvent) return;
    for (const memoryReference of this.#launched?.memoriesRead ?? []) {
      this.#send({ event: 'memory', body: { memoryReference, offset: 0, count: Number.MAX_SAFE_INTEGER } });
    }
  }

  /** Writes a line of a log point to the console, with a link to the current step. */
  #writeAt(debuggee: Debuggee, message: string, client: ClientPlaces): void {
    this.#send({ event: 'output', body: { category: 'console', output: `${message}\n`, ...debuggee.placeOfStep(client) } });
  }

  // Responses

  #handle(request: DebugProtocol.Request, response: DebugProtocol.Response): void {
    const handler = HANDLERS.get(request.command);
    if (handler) this.#execute(response, (launched) => handler(launched, request));
    else this.#refuse(response, `The stable memory debugger does not support the request “${request.command}”.`);
  }

  /** Executes the work of a request and responds. Refuses it with a message on a UserError. For a long run, the stop follows later. */
  #execute(
    response: DebugProtocol.Response,
    work: (launched: Launched) => object | undefined | Promise<object | undefined>,
  ): void {
    const respond = (body: object | undefined): void => {
      if (body !== undefined) response.body = body;
      this.sendResponse(response);
    };
    const fail = (error: unknown): void => {
      this.#refuse(response, error instanceof UserError ? error.message : describeFailure(error));
    };
    this.#stops.around(() => {
      try {
        if (!this.#launched) throw new UserError('input', 'There is no trace yet. Launch one first.');
        const body = work(this.#launched);
        if (body instanceof Promise) body.then(respond, fail);
        else respond(body);
      } catch (error) {
        fail(error);
      }
    });
  }

  #refuse(response: DebugProtocol.Response, sentence: string, showUser = false): void {
    this.sendErrorResponse(response, { id: 1, format: '{_sentence}', variables: { _sentence: sentence }, showUser });
  }

  #send(event: { readonly event: string; readonly body: object }): void {
    this.sendEvent({ seq: 0, type: 'event', ...event });
  }
}

function describeFailure(error: unknown): string {
  console.error(error);
  return describeBug('the debugger', error);
}

/** Returns a sentence for each place of the launch configuration that cannot be watched. */
function watchProblems(results: readonly DebugProtocol.Breakpoint[]): readonly string[] {
  return results.flatMap(({ message }) => (message === undefined ? [] : `A place to break on is not watched. ${message}`));
}

function responseTo({ seq, command }: DebugProtocol.Request): DebugProtocol.Response {
  return { seq: 0, type: 'response', request_seq: seq, command, success: true };
}
