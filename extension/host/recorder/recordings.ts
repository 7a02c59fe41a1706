import { basename } from 'node:path';
import type * as vscode from 'vscode';
import type {
  RecordedTrace,
  RecorderMessage,
  RecordingProgress,
  RecordingTask,
  RehearsalTask,
  RehearsedUpgrade,
} from '../../../engine/views/recording.ts';
import { startRecorder } from './runner.ts';

/** Time in which a cancelled recording may end by itself. Milliseconds. */
const GRACE = 3000;

/** Runs recordings, each in a recorder of its own, because the canister's code may not end. */
export class Recordings {
  readonly #recorder: string;
  /** The traces that are being written. */
  readonly #running = new Set<string>();

  constructor(recorder: string) {
    this.#recorder = recorder;
  }

  /** Records a trace. @throws Error with a sentence for the user */
  run(
    task: RecordingTask,
    token: vscode.CancellationToken,
    progress: (progress: RecordingProgress) => void,
  ): Promise<RecordedTrace> {
    return this.#start(task, token, progress, (message) => (message.kind === 'recorded' ? message.recorded : undefined));
  }

  /** Rehearses an upgrade. @throws Error with a sentence for the user */
  rehearse(task: RehearsalTask, token: vscode.CancellationToken): Promise<RehearsedUpgrade> {
    const ignore = (): void => undefined;
    return this.#start(task, token, ignore, (message) => (message.kind === 'rehearsed' ? message.rehearsed : undefined));
  }

  async #start<T>(
    task: RecordingTask | RehearsalTask,
    token: vscode.CancellationToken,
    progress: (progress: RecordingProgress) => void,
    resultIn: (message: RecorderMessage) => T | undefined,
  ): Promise<T> {
    if (this.#running.has(task.trace)) throw new Error(`${task.trace} is being recorded already.`);
    this.#running.add(task.trace);
    try {
      return await runRecorder(this.#recorder, task, token, progress, resultIn);
    } finally {
      this.#running.delete(task.trace);
    }
  }
}

async function runRecorder<T>(
  path: string,
  task: RecordingTask | RehearsalTask,
  token: vscode.CancellationToken,
  progress: (progress: RecordingProgress) => void,
  resultIn: (message: RecorderMessage) => T | undefined,
): Promise<T> {
  const runner = await startRecorder(path, task);
  const rest = `${basename(task.trace)} has what ran until then.`;
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<T>((resolve, reject) => {
      const cancel = (): void => {
        const giveUp = () => reject(new Error(`The recording was cancelled. ${rest}`));
        timer = setTimeout(giveUp, runner.cancel() ? GRACE : 0);
      };
      token.onCancellationRequested(cancel);
      if (token.isCancellationRequested) cancel();
      runner.onMessage((message) => {
        const result = resultIn(message);
        if (message.kind === 'progress') progress(message);
        else if (message.kind === 'failed') reject(new Error(message.error));
        else if (result !== undefined) resolve(result);
      });
      runner.onEnd((reason) => reject(new Error(`The recorder stopped unexpectedly (${reason}). ${rest}`)));
    });
  } finally {
    clearTimeout(timer);
    runner.end();
  }
}
