import { basename } from 'node:path';
import { DebugSession, InitializedEvent, OutputEvent } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { formatCount, formatCounted } from '../../engine/core/format.ts';
import { describeBug, UserError } from '../../engine/core/user-error.ts';
import type { ImageProblem, OpenImage } from '../../engine/node/open-image.ts';
import type { Timeline } from '../../engine/trace/timeline.ts';
import type { OpenTrace, Traces } from '../open-files/traces.ts';
import { BreakpointList } from './breakpoints/breakpoint-list.ts';
import { describeDataRange } from './breakpoints/data-range.ts';
import { describeFaults } from './breakpoints/faults.ts';
import { CAPABILITIES, REQUESTS } from './capabilities.ts';
import { Debuggee } from './debuggee.ts';
import { answer } from './expressions/commands.ts';
import { complete } from './expressions/completions.ts';
import { evaluateText, evaluateWord, gotoTarget, HELP } from './expressions/queries.ts';
import { type LaunchArguments, readLaunchArguments } from './launch.ts';
import { readReference } from './memory-reference.ts';
import { describeFrame, framesOf } from './stack.ts';
import { type Stop, Stops } from './stops.ts';
import { THREAD, Travel } from './travel.ts';
import { messageAt, messageValue } from './values/message-values.ts';
import { type ScopePart, StepScope } from './values/step-scope.ts';
import { Variables } from './values/variables.ts';

export interface SessionDependencies {
  readonly traces: Traces;
  /** Opens the snapshot that a trace begins with. */
  readonly openImage: (path: string) => Promise<OpenImage | ImageProblem>;
  /** Called whenever the session stops at another step. */
  readonly onStep: () => void;
  /** Maximum time of a run that is shown as one step. Milliseconds. */
  readonly syncTime?: number;
}

const DEFAULT_SYNC_TIME = 50;

const NOT_LAUNCHED = 'There is no trace yet. Launch one first.';
const RUNNING = 'The trace is running. Pause it first.';

/** State of a session whose trace is launched. */
interface Launched {
  readonly args: LaunchArguments;
  debuggee: Debuggee;
  readonly image: OpenImage | undefined;
  readonly breakpoints: BreakpointList;
  readonly travel: Travel;
}

/** The debug adapter. Handles the requests of the protocol by stepping through a trace in both directions. */
export class TraceDebugSession extends DebugSession {
  readonly #dependencies: SessionDependencies;
  readonly #variables = new Variables();
  /** References of memories that the client has read. It is notified when they change. */
  readonly #memoriesRead = new Set<string>();
  readonly #log = (message: string): void => this.sendEvent(new OutputEvent(`${message}\n`, 'console'));
  #client: Partial<DebugProtocol.InitializeRequestArguments> = {};
  readonly #stops = new Stops((stop) => this.#stopped(stop));
  #launched: Launched | undefined;
  #disposed = false;

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
    this.#disposed = true;
    this.#launched?.travel.end();
    this.#launched?.image?.close();
    this.#launched = undefined;
    super.dispose();
  }

  /** Does nothing: the session runs in a worker that outlives it. */
  override shutdown(): void {}

  protected override dispatchRequest(request: DebugProtocol.Request): void {
    if (REQUESTS.has(request.command)) super.dispatchRequest(request);
    else {
      const response: DebugProtocol.Response = { ...responseTo(request), success: false };
      this.#refuse(response, `The stable memory debugger does not support the request “${request.command}”.`);
    }
  }

  protected override initializeRequest(
    response: DebugProtocol.InitializeResponse,
    args: DebugProtocol.InitializeRequestArguments,
  ): void {
    this.#client = args;
    response.body = CAPABILITIES;
    this.sendResponse(response);
  }

  protected override launchRequest(response: DebugProtocol.LaunchResponse, args: DebugProtocol.LaunchRequestArguments): void {
    const launch = readLaunchArguments(args);
    if (typeof launch === 'string') this.#refuse(response, launch, true);
    else
      this.#open(launch, response).catch((error: unknown) => {
        this.#refuse(response, describeFailure(error), true);
      });
  }

  async #open(args: LaunchArguments, response: DebugProtocol.LaunchResponse): Promise<void> {
    const open = await this.#dependencies.traces.open(args.trace);
    if ('problem' in open) {
      this.#refuse(response, open.problem, true);
      return;
    }
    const image = args.snapshot === undefined ? undefined : await this.#dependencies.openImage(args.snapshot);
    const usable = image && !('problem' in image) ? image : undefined;
    if (this.#disposed) {
      usable?.close();
      return;
    }
    const debuggee = new Debuggee(open, usable?.memory);
    this.#launched = this.#begin(args, debuggee, usable);
    const missing = image && 'problem' in image ? [`${image.problem} The trace is shown without its snapshot.`] : [];
    this.#greet(debuggee, missing);
    this.sendResponse(response);
    this.sendEvent(new InitializedEvent());
  }

  #begin(args: LaunchArguments, debuggee: Debuggee, image: OpenImage | undefined): Launched {
    const { names } = new StepScope(debuggee.timeline);
    const breakpoints = new BreakpointList(names, (line) => this.convertDebuggerLineToClient(line));
    const travel = new Travel({
      debuggee: () => this.#launched?.debuggee ?? debuggee,
      breakpoints,
      send: (event) => this.#send(event),
      log: (message) => this.#log(message),
      reportStop: (stop) => this.#stops.report(stop),
      showsProgress: this.#client.supportsProgressReporting === true,
      syncTime: this.#dependencies.syncTime ?? DEFAULT_SYNC_TIME,
    });
    return { args, debuggee, image, breakpoints, travel };
  }

  #greet(debuggee: Debuggee, problems: readonly string[]): void {
    const { steps } = debuggee.timeline;
    this.#log(`${debuggee.summary.title}: ${formatCounted(steps, 'step')}. Type “help” for the commands and expressions.`);
    for (const problem of [...problems, ...debuggee.problems]) this.sendEvent(new OutputEvent(`${problem}\n`, 'important'));
  }

  protected override configurationDoneRequest(response: DebugProtocol.ConfigurationDoneResponse): void {
    this.sendResponse(response);
    const launched = this.#launched;
    const { stopOnEntry = false, step } = launched?.args ?? {};
    if (step !== undefined) launched?.travel.seek(step, 'entry');
    else if (stopOnEntry) launched?.travel.stop('entry');
    else launched?.travel.go('forward', launched.debuggee.timeline.steps);
  }

  protected override disconnectRequest(response: DebugProtocol.DisconnectResponse): void {
    this.#launched?.travel.end();
    this.sendResponse(response);
  }

  protected override restartRequest(response: DebugProtocol.RestartResponse): void {
    this.#restart(response).catch((error: unknown) => this.#refuse(response, describeFailure(error)));
  }

  async #restart(response: DebugProtocol.RestartResponse): Promise<void> {
    const open = this.#launched && (await this.#dependencies.traces.open(this.#launched.args.trace));
    if (this.#disposed) return;
    this.#move(response, (launched) => {
      if (open !== undefined && !('problem' in open) && !launched.debuggee.isOf(open)) this.#reopen(launched, open);
      launched.breakpoints.resetHits();
      this.#sendContinued();
      launched.travel.seek(0, 'restart');
    });
  }

  /** Opens the rewritten trace. Its breakpoints have other lines and steps now. */
  #reopen(launched: Launched, open: OpenTrace): void {
    launched.debuggee = new Debuggee(open, launched.image?.memory);
    this.#greet(launched.debuggee, []);
    for (const breakpoint of launched.breakpoints.rebind(launched.debuggee.lines)) {
      this.#send({ event: 'breakpoint', body: { reason: 'changed', breakpoint } });
    }
  }

  // Threads, frames and variables

  protected override threadsRequest(response: DebugProtocol.ThreadsResponse): void {
    response.body = { threads: this.#launched ? [{ id: THREAD, name: this.title }] : [] };
    this.sendResponse(response);
  }

  protected override stackTraceRequest(
    response: DebugProtocol.StackTraceResponse,
    { startFrame = 0, levels }: DebugProtocol.StackTraceArguments,
  ): void {
    this.#with(response, ({ debuggee }) => {
      const frames = framesOf(debuggee);
      const end = levels ? startFrame + levels : frames.length;
      const stackFrames = frames.slice(startFrame, end).map((frame, index) => {
        const described = describeFrame(frame, debuggee);
        const { line, column } = described;
        const place = { line: this.convertDebuggerLineToClient(line), column: this.convertDebuggerColumnToClient(column) };
        return { id: startFrame + index + 1, ...described, ...place };
      });
      response.body = { stackFrames, totalFrames: frames.length };
    });
  }

  protected override scopesRequest(response: DebugProtocol.ScopesResponse, { frameId }: DebugProtocol.ScopesArguments): void {
    this.#with(response, ({ debuggee }) => {
      const frame = framesOf(debuggee)[frameId - 1];
      const innermost = messageAt(debuggee.timeline.trace, debuggee.timeline.position);
      const scopes: readonly (Omit<ScopePart, 'path'> & { readonly path: string | undefined })[] =
        frame?.kind === 'message'
          ? [
              {
                name: 'Message',
                path: frame.message.at === innermost?.at ? 'message' : undefined,
                value: messageValue(frame.message),
              },
            ]
          : new StepScope(debuggee.timeline).scopes();
      response.body = {
        scopes: scopes.map(({ name, path, value }) => ({
          name,
          ...this.#variables.describe(value, path),
          expensive: false,
        })),
      };
    });
  }

  protected override variablesRequest(response: DebugProtocol.VariablesResponse, args: DebugProtocol.VariablesArguments): void {
    this.#with(response, () => {
      response.body = { variables: this.#variables.children(args) };
    });
  }

  protected override evaluateRequest(
    response: DebugProtocol.EvaluateResponse,
    { expression, context }: DebugProtocol.EvaluateArguments,
  ): void {
    const steps = this.timeline?.steps ?? 0;
    const target = context === 'repl' ? gotoTarget(expression, steps) : undefined;
    if (target !== undefined) {
      this.#move(response, ({ debuggee: { timeline }, travel }) => {
        this.#sendContinued();
        travel.seek(target, 'goto');
        response.body = { result: `step ${formatCount(timeline.position)} of ${formatCount(steps)}`, variablesReference: 0 };
      });
      return;
    }
    this.#with(response, ({ debuggee: { timeline } }) => {
      const answered = context === 'repl' ? (expression.trim() === 'help' ? HELP : answer(expression, timeline)) : undefined;
      if (answered !== undefined) response.body = { result: answered, variablesReference: 0 };
      else {
        const value = context === 'hover' ? evaluateWord(expression, timeline) : evaluateText(expression, timeline);
        response.body = { result: value.text, ...this.#variables.describe(value, context === 'hover' ? undefined : expression) };
      }
    });
  }

  protected override completionsRequest(
    response: DebugProtocol.CompletionsResponse,
    { text, column }: DebugProtocol.CompletionsArguments,
  ): void {
    this.#with(response, ({ debuggee: { timeline } }) => {
      response.body = { targets: complete(text, this.convertClientColumnToDebugger(column), timeline) };
    });
  }

  protected override exceptionInfoRequest(response: DebugProtocol.ExceptionInfoResponse): void {
    this.#with(response, ({ debuggee: { timeline } }) => {
      const [first, ...others] = timeline.faultsOf(timeline.position);
      if (!first) throw new UserError('input', 'Nothing is wrong with this step.');
      response.body = describeFaults([first, ...others]);
    });
  }

  protected override readMemoryRequest(
    response: DebugProtocol.ReadMemoryResponse,
    { memoryReference, offset = 0, count }: DebugProtocol.ReadMemoryArguments,
  ): void {
    this.#with(response, ({ debuggee: { timeline } }) => {
      const read = readReference(timeline, memoryReference, offset, count);
      if (!read)
        throw new UserError('input', `At this step the memory “${memoryReference}” does not exist, or its bytes are unknown.`);
      this.#memoriesRead.add(memoryReference);
      const { address, bytes } = read;
      const unreadableBytes = count - bytes.length;
      response.body = {
        address: `0x${address.toString(16)}`,
        data: Buffer.from(bytes).toString('base64'),
        ...(unreadableBytes > 0 && { unreadableBytes }),
      };
    });
  }

  protected override loadedSourcesRequest(response: DebugProtocol.LoadedSourcesResponse): void {
    response.body = { sources: this.#launched ? [this.#launched.debuggee.source] : [] };
    this.sendResponse(response);
  }

  // Breakpoints

  protected override setBreakPointsRequest(
    response: DebugProtocol.SetBreakpointsResponse,
    { source, breakpoints = [] }: DebugProtocol.SetBreakpointsArguments,
  ): void {
    this.#with(response, ({ debuggee, breakpoints: list }) => {
      const wanted = breakpoints.map(({ line, ...terms }) => ({ ...terms, line: this.convertClientLineToDebugger(line) }));
      const message = `The debugger steps through ${debuggee.summary.title}, not through this trace.`;
      response.body = {
        breakpoints: debuggee.isSource(source)
          ? list.setLines(wanted, debuggee.lines)
          : breakpoints.map(() => ({ verified: false, message })),
      };
    });
  }

  protected override setFunctionBreakPointsRequest(
    response: DebugProtocol.SetFunctionBreakpointsResponse,
    { breakpoints }: DebugProtocol.SetFunctionBreakpointsArguments,
  ): void {
    this.#with(response, ({ debuggee, breakpoints: list }) => {
      response.body = { breakpoints: list.setFunctions(breakpoints, debuggee.timeline.trace) };
    });
  }

  protected override setExceptionBreakPointsRequest(
    response: DebugProtocol.SetExceptionBreakpointsResponse,
    { filters, filterOptions = [] }: DebugProtocol.SetExceptionBreakpointsArguments,
  ): void {
    this.#with(response, ({ breakpoints }) => {
      const wanted = [...filters.map((filterId) => ({ filterId })), ...filterOptions];
      response.body = { breakpoints: breakpoints.setFaults(wanted) };
    });
  }

  protected override dataBreakpointInfoRequest(
    response: DebugProtocol.DataBreakpointInfoResponse,
    { name, variablesReference, bytes, asAddress }: DebugProtocol.DataBreakpointInfoArguments,
  ): void {
    this.#with(response, ({ debuggee: { timeline } }) => {
      const place = asAddress === true ? name : this.#variables.memoryReferenceOf(name, variablesReference);
      response.body = describeDataRange(timeline, name, place, bytes);
    });
  }

  protected override setDataBreakpointsRequest(
    response: DebugProtocol.SetDataBreakpointsResponse,
    { breakpoints = [] }: Partial<DebugProtocol.SetDataBreakpointsArguments>,
  ): void {
    this.#with(response, ({ breakpoints: list }) => {
      response.body = { breakpoints: list.setData(breakpoints) };
    });
  }

  // Stepping

  protected override nextRequest(response: DebugProtocol.NextResponse): void {
    this.#move(response, ({ travel }) => travel.step('forward'));
  }

  protected override stepInRequest(response: DebugProtocol.StepInResponse): void {
    this.#move(response, ({ travel }) => travel.step('forward'));
  }

  protected override stepBackRequest(response: DebugProtocol.StepBackResponse): void {
    this.#move(response, ({ travel }) => travel.step('backward'));
  }

  /** Goes to the first step after the message. Outside a message it makes one step. */
  protected override stepOutRequest(response: DebugProtocol.StepOutResponse): void {
    this.#move(response, ({ debuggee, travel }) => {
      const { trace, position, steps } = debuggee.timeline;
      const message = messageAt(trace, position);
      return message ? travel.go('forward', Math.min(steps, message.to + 1)) : travel.step('forward');
    });
  }

  protected override continueRequest(response: DebugProtocol.ContinueResponse): void {
    response.body = { allThreadsContinued: true };
    this.#move(response, ({ debuggee, travel }) => travel.go('forward', debuggee.timeline.steps));
  }

  protected override reverseContinueRequest(response: DebugProtocol.ReverseContinueResponse): void {
    this.#move(response, ({ travel }) => travel.go('backward', 0));
  }

  protected override gotoTargetsRequest(
    response: DebugProtocol.GotoTargetsResponse,
    { source, line }: DebugProtocol.GotoTargetsArguments,
  ): void {
    this.#with(response, ({ debuggee }) => {
      const step = debuggee.isSource(source) ? debuggee.lines.stepFromLine(this.convertClientLineToDebugger(line)) : undefined;
      if (step === undefined) response.body = { targets: [] };
      else {
        const stepLine = this.convertDebuggerLineToClient(debuggee.lines.lineOfStep(step));
        response.body = { targets: [{ id: step, label: `step ${formatCount(step)}`, line: stepLine }] };
      }
    });
  }

  protected override gotoRequest(response: DebugProtocol.GotoResponse, { targetId }: DebugProtocol.GotoArguments): void {
    this.#move(response, ({ travel }) => travel.seek(targetId, 'goto'));
  }

  protected override pauseRequest(response: DebugProtocol.PauseResponse): void {
    this.sendResponse(response);
    this.#launched?.travel.pause();
  }

  protected override cancelRequest(response: DebugProtocol.CancelResponse, args?: DebugProtocol.CancelArguments): void {
    this.sendResponse(response);
    if (args?.progressId !== undefined) this.#launched?.travel.cancel(args.progressId);
  }

  /** Sends `continued` for requests that a client does not expect to move. Otherwise it would keep the previous stop. */
  #sendContinued(): void {
    this.#send({ event: 'continued', body: { threadId: THREAD, allThreadsContinued: true } });
  }

  #stopped(body: Stop): void {
    // What was shown of the previous step is no longer valid.
    this.#variables.clear();
    this.#send({ event: 'stopped', body });
    this.#dependencies.onStep();
    if (!this.#client.supportsMemoryEvent) return;
    for (const memoryReference of this.#memoriesRead) {
      this.#send({ event: 'memory', body: { memoryReference, offset: 0, count: Number.MAX_SAFE_INTEGER } });
    }
  }

  // Responses

  /** Executes a request about the trace and responds. Refuses it with a message on a UserError. */
  #with(response: DebugProtocol.Response, work: (launched: Launched) => void): void {
    if (this.#execute(response, work)) this.sendResponse(response);
  }

  /** Executes a request that moves, and responds. For a long run, the stop follows the response. */
  #move(response: DebugProtocol.Response, go: (launched: Launched) => void): void {
    let succeeded = false;
    this.#stops.around(
      () => {
        succeeded = this.#execute(response, (launched) => {
          if (launched.travel.running) throw new UserError('input', RUNNING);
          go(launched);
        });
      },
      () => {
        if (succeeded) this.sendResponse(response);
      },
    );
  }

  /** Executes the work of a request. Returns false if the request was refused. */
  #execute(response: DebugProtocol.Response, work: (launched: Launched) => void): boolean {
    try {
      if (!this.#launched) throw new UserError('input', NOT_LAUNCHED);
      work(this.#launched);
      return true;
    } catch (error) {
      if (error instanceof UserError) this.#refuse(response, error.message);
      else this.#refuse(response, describeFailure(error));
      return false;
    }
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

function responseTo({ seq, command }: DebugProtocol.Request): DebugProtocol.Response {
  return { seq: 0, type: 'response', request_seq: seq, command, success: true };
}
