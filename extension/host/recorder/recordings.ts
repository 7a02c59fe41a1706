import { basename } from 'node:path';
import type * as vscode from 'vscode';
import type { RecordedTrace, RecordingProgress, RecordingTask } from '../../../engine/views/recording.ts';
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
  async run(
    task: RecordingTask,
    token: vscode.CancellationToken,
    progress: (progress: RecordingProgress) => void,
  ): Promise<RecordedTrace> {
    if (this.#running.has(task.trace)) throw new Error(`${task.trace} is being recorded already.`);
    this.#running.add(task.trace);
    try {
      return await runRecorder(this.#recorder, task, token, progress);
    } finally {
      this.#running.delete(task.trace);
    }
  }
}

async function runRecorder(
  path: string,
  task: RecordingTask,
  token: vscode.CancellationToken,
  progress: (progress: RecordingProgress) => void,
): Promise<RecordedTrace> {
  const runner = await startRecorder(path, task);
  const rest = `${basename(task.trace)} has what ran until then.`;
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<RecordedTrace>((resolve, reject) => {
      const cancel = (): void => {
        const giveUp = () => reject(new Error(`The recording was cancelled. ${rest}`));
        timer = setTimeout(giveUp, runner.cancel() ? GRACE : 0);
      };
      token.onCancellationRequested(cancel);
      if (token.isCancellationRequested) cancel();
      runner.onMessage((message) => {
        if (message.kind === 'progress') progress(message);
        else if (message.kind === 'recorded') resolve(message.recorded);
        else reject(new Error(message.error));
      });
      runner.onEnd((reason) => reject(new Error(`The recorder stopped unexpectedly (${reason}). ${rest}`)));
    });
  } finally {
    clearTimeout(timer);
    runner.end();
  }
}
