import { resolve } from 'node:path';
import { Budget } from '../../engine/core/budget.ts';
import { toHex } from '../../engine/core/format.ts';
import { hashMemory } from '../../engine/core/sha256.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { nodeHasher } from '../../engine/node/hasher.ts';
import type { UnpackOptions } from '../../engine/node/unpack-options.ts';
import { type Limits, Stop } from '../../engine/recorder/limits.ts';
import type { PreparedModule } from '../../engine/recorder/prepared-module.ts';
import { type CallResult, Recorder, type RecorderOptions } from '../../engine/recorder/recorder.ts';
import type { ScriptCall } from '../../engine/recorder/script.ts';
import type { TraceWriter } from '../../engine/trace/format/writer.ts';
import { compareBytes } from '../../engine/values/codec.ts';
import type { RecordedCallReport, RecordReport } from '../../engine/views/record.ts';
import { type CandidText, loadCandidText, type Signature } from './candid-text.ts';
import { readModule } from './module-file.ts';
import { openStart, type StartState } from './start-state.ts';
import { checkSnapshotFolder, writeSnapshot } from './write-snapshot.ts';

/** A recording to be made. */
export interface RecordingRequest {
  /** Path of the canister's module. */
  readonly wasm: string;
  readonly calls: readonly ScriptCall[];
  /** The folder that modules in the script are relative to. */
  readonly scriptFolder: string;
  /** Path of what to start with: a snapshot, or a trace to go on from. */
  readonly snapshot: string | undefined;
  /** Path of a new folder for a snapshot of the canister after the last call. */
  readonly end: string | undefined;
  readonly producer: string;
  readonly limits: Partial<Limits>;
  readonly unpack: UnpackOptions;
}

/** How a recording goes on. */
export interface RecordingListener {
  /** Is called before each call, and with the number of all calls at the end. */
  progress(calls: number, recorder: Recorder): void;
  /** Is called often while a message runs, and after each. */
  flush(): void;
  isCancelled(): boolean;
}

/** An opened request: all files are read, and nothing has run yet. */
export interface OpenRecording {
  /** The files that are read. They must not be overwritten. */
  readonly files: readonly string[];
  /** The folder of the snapshot, which must not be written to. */
  readonly folder: string | undefined;
  readonly remarks: readonly string[];
  /** Runs the script. The writer receives the trace. */
  run(writer: TraceWriter, listener: RecordingListener): RecordReport;
  close(): void;
}

/** Reads the modules and the snapshot of a recording. @throws UserError if one cannot be used */
export async function openRecording(request: RecordingRequest): Promise<OpenRecording> {
  const { wasm, calls, scriptFolder, snapshot, end, unpack } = request;
  if (end !== undefined) checkSnapshotFolder(end);
  const modules = new Map<string, PreparedModule>();
  const paths = calls.map((call) => (call.wasm === undefined ? wasm : resolve(scriptFolder, call.wasm)));
  for (const path of [wasm, ...paths]) if (!modules.has(path)) modules.set(path, await readModule(path));
  const candid = await loadCandidText();
  const start = snapshot === undefined ? undefined : await openStart(snapshot, unpack);
  try {
    const plan = planOf(request, modules, start?.main?.module, candid);
    return {
      files: [...modules.keys(), ...(start?.files ?? [])],
      folder: start?.folder,
      remarks: [...aboutStart(start), ...aboutModule(request, modules.get(wasm), start?.main?.module)],
      run: (writer, listener) =>
        runScript(request, plan, candid, traceStart(start, snapshot, request.producer, modules.get(wasm)), writer, listener),
      close: () => start?.close(),
    };
  } catch (error) {
    start?.close();
    throw error;
  }
}

/** A call that is ready to run. */
interface PlannedCall {
  readonly call: ScriptCall;
  readonly argument: Uint8Array;
  /** The module to install or to upgrade to. Undefined for other calls, and for an upgrade to the module that is installed. */
  readonly module: PreparedModule | undefined;
}

/** Reads all arguments before anything runs. Assumes that upgrades succeed. @throws UserError if an argument is not valid */
function planOf(
  { wasm, calls, scriptFolder }: RecordingRequest,
  modules: ReadonlyMap<string, PreparedModule>,
  running: PreparedModule | undefined,
  candid: CandidText,
): readonly PlannedCall[] {
  const first = modules.get(wasm);
  let installed = running;
  return calls.map((call): PlannedCall => {
    const isInstallation = call.kind === 'init' || call.kind === 'upgrade';
    const named = call.wasm === undefined ? undefined : modules.get(resolve(scriptFolder, call.wasm));
    const module = isInstallation ? (named ?? (installed ? undefined : first)) : undefined;
    installed = module ?? installed;
    const signature = { module: installed ?? first ?? NO_INTERFACE, method: isInstallation ? undefined : call.method };
    return { call, module, argument: argumentOf(call, candid, signature) };
  });
}

/** Returns a sentence if a recording cannot continue where its start stopped. */
function aboutStart(start: StartState | undefined): readonly string[] {
  return start?.lacks === undefined
    ? []
    : [`${start.lacks}, so the canister cannot continue where it stopped. Begin the script with an upgrade.`];
}

/** Returns a sentence if the module of the recording is not the one that runs first. */
function aboutModule(
  { wasm }: RecordingRequest,
  first: PreparedModule | undefined,
  running: PreparedModule | undefined,
): readonly string[] {
  if (!first || !running || compareBytes(first.sha256, running.sha256) === 0) return [];
  return [
    `The snapshot's own module runs first, not ${wasm}. A line {"call":"upgrade","wasm":"${wasm}"} in the script upgrades to it.`,
  ];
}

function runScript(
  { end, limits }: RecordingRequest,
  plan: readonly PlannedCall[],
  candid: CandidText,
  start: TraceStart,
  writer: TraceWriter,
  listener: RecordingListener,
): RecordReport {
  const recorder = new Recorder({
    writer,
    ...start,
    limits,
    isCancelled: () => {
      listener.flush();
      return listener.isCancelled();
    },
  });
  const reports: RecordedCallReport[] = [];
  let stopped: string | undefined;
  try {
    for (const [index, { call, argument, module }] of plan.entries()) {
      listener.progress(index, recorder);
      const result = recorder.call(call, argument, module);
      const method = module || call.kind === 'upgrade' ? undefined : call.method;
      reports.push(reportOf(call, result, candid, { module: recorder.module ?? NO_INTERFACE, method }));
      listener.flush();
    }
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    stopped = error.message;
  } finally {
    writer.finish();
  }
  listener.progress(reports.length, recorder);
  if (end !== undefined) writeSnapshot(end, recorder);
  const { stable } = recorder;
  return {
    schema: 'stable-memory/record/1',
    messages: recorder.messages,
    steps: recorder.steps,
    pages: stable.pages,
    sha256: toHex(sha256Of(stable)),
    calls: reports,
    ...(stopped === undefined ? {} : { stopped }),
  };
}

type TraceStart = Pick<RecorderOptions, 'header' | 'stable' | 'main'>;

/** Returns the beginning of a trace, and what the canister starts with. `path`: the start's path; undefined to leave its checksum out. */
export function traceStart(
  start: StartState | undefined,
  path: string | undefined,
  producer: string,
  module: PreparedModule | undefined,
): TraceStart {
  return {
    header: {
      version: 1,
      producer,
      canister: undefined,
      wasmSha256: (start?.main?.module ?? module)?.sha256,
      initial:
        start && path !== undefined ? { pages: start.stable.pages, sha256: sha256Of(start.stable), file: path } : undefined,
    },
    stable: start?.stable,
    main: start?.main,
  };
}

const NO_INTERFACE: Signature['module'] = { candidService: undefined, candidArguments: undefined };

/** Returns the bytes of a call's argument. @throws UserError if its text is not Candid of the method's type */
function argumentOf({ argument, line, method }: ScriptCall, candid: CandidText, signature: Signature): Uint8Array {
  if (argument.kind === 'bytes') return argument.bytes;
  const encoded = candid.encode(argument.text, signature);
  if (!('problem' in encoded)) return encoded;
  const whose = method === '' ? '' : ` of "${method}"`;
  throw new UserError('input', `Line ${line} of the script: the argument${whose} is not valid. ${encoded.problem}.`);
}

function reportOf(
  { kind, method }: ScriptCall,
  result: CallResult,
  candid: CandidText,
  signature: Signature,
): RecordedCallReport {
  const head = { call: kind, method, outcome: result.outcome };
  switch (result.outcome) {
    case 'replied': {
      if (result.reply === undefined) return head;
      const reply = candid.decode(result.reply, signature);
      return { ...head, ...(reply === undefined ? {} : { reply }), replyHex: toHex(result.reply) };
    }
    case 'rejected':
      return { ...head, error: result.error };
    case 'trapped':
      return { ...head, error: result.error, stack: [...result.functions].reverse() };
  }
}

function sha256Of(memory: Parameters<typeof hashMemory>[0]): Uint8Array {
  return hashMemory(memory, new Budget({ milliseconds: Number.POSITIVE_INFINITY }), nodeHasher()) ?? new Uint8Array();
}
