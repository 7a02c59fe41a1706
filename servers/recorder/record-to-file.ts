import { dirname } from 'node:path';
import { cut } from '../../engine/core/format.ts';
import { openTraceOutput } from '../../engine/node/output/trace-output.ts';
import type { RecordedCallReport } from '../../engine/views/record.ts';
import {
  type CallOutcome,
  MAX_OUTCOMES,
  type RecordedTrace,
  type RecordingProgress,
  type RecordingTask,
} from '../../engine/views/recording.ts';
import { version } from '../../package.json';
import { openRecording } from './run-script.ts';
import { readScript } from './script-file.ts';

/** Time between two reports of progress, and between two updates of the file. Milliseconds. */
const INTERVAL = 200;
/** Maximum characters of a reply or an error. */
const MAX_TEXT = 200;

export interface RecordingControl {
  progress(progress: RecordingProgress): void;
  /** Is called often while the canister's code runs. Returns true to end the recording. */
  isCancelled(): boolean;
}

/**
 * Runs a script and writes the trace. What was recorded stays readable if this ends early. @throws UserError if a file or a line
 * of the script cannot be used
 */
export async function recordToFile(task: RecordingTask, control: RecordingControl): Promise<RecordedTrace> {
  const { trace, snapshot, replace, unpackLimit } = task;
  const calls = readScript(task.calls);
  const recording = await openRecording({
    wasm: task.wasm,
    calls,
    scriptFolder: dirname(task.calls),
    snapshot,
    end: undefined,
    producer: `stable-memory ${version}`,
    limits: {},
    unpack: { unpackLimit },
  });
  try {
    const file = openTraceOutput(trace, { inputs: [task.calls, ...recording.files], folder: recording.folder, force: replace });
    const { writer } = file;
    try {
      /** The number of steps before each call, and after the last one. */
      const steps: number[] = [];
      let running: { readonly steps: number } = { steps: 0 };
      let next = 0;
      const report = recording.run(writer, {
        progress: (_call, recorder) => {
          running = recorder;
          steps.push(recorder.steps);
        },
        flush: () => {
          if (performance.now() < next) return;
          next = performance.now() + INTERVAL;
          writer.finish();
          control.progress({ call: steps.length, calls: calls.length, steps: running.steps });
        },
        isCancelled: () => control.isCancelled(),
      });
      const outcomes = report.calls.map((call, index): CallOutcome => {
        const [before = 0, after = 0] = [steps[index], steps[index + 1]];
        return { line: calls[index]?.line ?? 0, ...outcomeOf(call), step: after > before ? after : undefined };
      });
      return {
        trace,
        calls: outcomes.length,
        trapped: outcomes.filter(({ outcome }) => outcome === 'trapped').length,
        rejected: outcomes.filter(({ outcome }) => outcome === 'rejected').length,
        messages: report.messages,
        steps: report.steps,
        pages: report.pages,
        outcomes: outcomes.slice(0, MAX_OUTCOMES),
        firstTrap: outcomes.find(({ outcome }) => outcome === 'trapped'),
        remarks: recording.remarks,
        stopped: report.stopped,
      };
    } finally {
      writer.finish();
      file.close();
    }
  } finally {
    recording.close();
  }
}

function outcomeOf({
  call,
  method,
  outcome,
  error,
  reply,
  replyHex = '',
}: RecordedCallReport): Omit<CallOutcome, 'line' | 'step'> {
  const text = error ?? reply ?? replyHex;
  return {
    name: method === '' ? call : method,
    outcome,
    text: cut(text, MAX_TEXT),
  };
}
