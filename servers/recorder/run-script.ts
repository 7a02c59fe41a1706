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
  /** Is called before each call, and with the number of all calls at the end. Returns true to end the recording. */
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
  return {
    files: [...modules.keys(), ...(start?.files ?? [])],
    folder: start?.folder,
    remarks: start?.remarks ?? [],
    run: (writer, listener) => runScript(request, modules, candid, start, writer, listener),
    close: () => start?.close(),
  };
}

function runScript(
  { wasm, calls, scriptFolder, snapshot, end, producer, limits }: RecordingRequest,
  modules: ReadonlyMap<string, PreparedModule>,
  candid: CandidText,
  start: StartState | undefined,
  writer: TraceWriter,
  listener: RecordingListener,
): RecordReport {
  const first = modules.get(wasm);
  const recorder = new Recorder({
    writer,
    ...traceStart(start, snapshot, producer, first),
    limits,
    isCancelled: () => {
      listener.flush();
      return listener.isCancelled();
    },
  });
  const reports: RecordedCallReport[] = [];
  let stopped: string | undefined;
  for (const [index, call] of calls.entries()) {
    listener.progress(index, recorder);
    if (listener.isCancelled()) {
      stopped = 'The recording was cancelled.';
      break;
    }
    const module =
      call.wasm === undefined ? (call.kind === 'init' ? first : undefined) : modules.get(resolve(scriptFolder, call.wasm));
    try {
      reports.push(runCall(recorder, call, module ?? (recorder.module ? undefined : first), candid));
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      stopped = error.message;
      break;
    }
    listener.flush();
  }
  writer.finish();
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

/** Returns the beginning of a trace, and what the canister starts with. */
export function traceStart(
  start: StartState | undefined,
  path: string | undefined,
  producer: string,
  module: PreparedModule | undefined,
): Pick<RecorderOptions, 'header' | 'stable' | 'main'> {
  return {
    header: {
      version: 1,
      producer,
      canister: undefined,
      wasmSha256: (start?.main?.module ?? module)?.sha256,
      initial: start && { pages: start.stable.pages, sha256: sha256Of(start.stable), file: path },
    },
    stable: start?.stable,
    main: start?.main,
  };
}

function runCall(
  recorder: Recorder,
  call: ScriptCall,
  module: PreparedModule | undefined,
  candid: CandidText,
): RecordedCallReport {
  const signature = {
    module: module ?? recorder.module ?? NO_INTERFACE,
    method: call.kind === 'init' || call.kind === 'upgrade' ? undefined : call.method,
  };
  const argument = argumentOf(call, candid, signature);
  return reportOf(call, recorder.call(call, argument, module), candid, signature);
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
