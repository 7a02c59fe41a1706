/** Messages between the extension host and the recorder's worker. */
import type { RecordedCallReport } from './record.ts';

/** A recording to be made: what the worker receives when it starts. All paths are absolute. */
export interface RecordingTask {
  readonly kind: 'record';
  /** The canister's module. */
  readonly wasm: string;
  /** The script. */
  readonly calls: string;
  /** The trace to write. */
  readonly trace: string;
  /** True if the trace may replace a file. */
  readonly replace: boolean;
  /** Snapshot to start with, or trace to go on from. */
  readonly snapshot: string | undefined;
  /** Maximum unpacked size of a compressed file, in bytes. */
  readonly unpackLimit: number;
}

/** An upgrade to be rehearsed. All paths are absolute. */
export interface RehearsalTask {
  readonly kind: 'rehearse';
  readonly snapshot: string;
  /** The new module. */
  readonly wasm: string;
  /** The argument of `post_upgrade`, as Candid's text. */
  readonly arg: string;
  /** The trace to write. It replaces an earlier one. */
  readonly trace: string;
  /** Maximum unpacked size of a compressed file, in bytes. */
  readonly unpackLimit: number;
}

/** A rehearsed upgrade. */
export interface RehearsedUpgrade {
  readonly trace: string;
  readonly succeeds: boolean;
  /** One or two sentences. */
  readonly summary: string;
  /** Error of the hook that trapped. */
  readonly error: string | undefined;
  /** The whole report as text. */
  readonly report: string;
}

/** Data of a worker that records. The number in `cancelled` is not 0 once the user has cancelled the recording. */
export interface RecorderWorkerData {
  readonly task: RecordingTask | RehearsalTask;
  readonly cancelled: SharedArrayBuffer;
}

/** How far a recording is. */
export interface RecordingProgress {
  /** Number of the running call, from 1. */
  readonly call: number;
  readonly calls: number;
  readonly steps: number;
}

/** Maximum outcomes in a result. A script may have more calls. */
export const MAX_OUTCOMES = 1000;

/** A finished recording. */
export interface RecordedTrace {
  readonly trace: string;
  /** Numbers of calls that ran, and of those among them that trapped or were rejected. */
  readonly calls: number;
  readonly trapped: number;
  readonly rejected: number;
  readonly messages: number;
  readonly steps: number;
  /** Size of stable memory after the last call, in pages. */
  readonly pages: number;
  /** The outcomes of the first calls. */
  readonly outcomes: readonly CallOutcome[];
  readonly firstTrap: CallOutcome | undefined;
  /** Full sentences about what the snapshot lacks, and why the script did not run to its end. */
  readonly remarks: readonly string[];
  readonly stopped: string | undefined;
}

/** How a call of the script ended. */
export interface CallOutcome {
  /** Line in the script, from 1. */
  readonly line: number;
  /** `add`, `init` */
  readonly name: string;
  readonly outcome: RecordedCallReport['outcome'];
  /** The reply as Candid's text or in hex, or the error. Long ones are cut. */
  readonly text: string;
  /** The last step of the call in the trace. Undefined if it has none. */
  readonly step: number | undefined;
}

export type RecorderMessage =
  | ({ readonly kind: 'progress' } & RecordingProgress)
  | { readonly kind: 'recorded'; readonly recorded: RecordedTrace }
  | { readonly kind: 'rehearsed'; readonly rehearsed: RehearsedUpgrade }
  /** `error` is a full sentence for the user. */
  | { readonly kind: 'failed'; readonly error: string };
