import { Worker } from 'node:worker_threads';
import type * as vscode from 'vscode';
import type { RecordedTrace, RecorderMessage, RecordingProgress, RecordingTask } from '../../../engine/views/recording.ts';
import { plainText } from '../plain-text.ts';

/** Time in which a cancelled recording may end by itself. Then its worker is ended. Milliseconds. */
const GRACE = 3000;

/** Runs recordings, each in a worker of its own, because the canister's code may not end. */
export class Recordings {
  readonly #worker: string;
  /** The traces that are being written. */
  readonly #running = new Set<string>();

  constructor(worker: string) {
    this.#worker = worker;
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
      return await runInWorker(this.#worker, task, token, progress);
    } finally {
      this.#running.delete(task.trace);
    }
  }
}

function runInWorker(
  path: string,
  task: RecordingTask,
  token: vscode.CancellationToken,
  progress: (progress: RecordingProgress) => void,
): Promise<RecordedTrace> {
  const cancelled = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const worker = new Worker(path, { workerData: { task, cancelled } });
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<RecordedTrace>((resolve, reject) => {
    const cancel = (): void => {
      Atomics.store(new Int32Array(cancelled), 0, 1);
      timer = setTimeout(
        () => reject(new Error(`The recording did not end by itself. ${task.trace} has what ran until then.`)),
        GRACE,
      );
    };
    token.onCancellationRequested(cancel);
    if (token.isCancellationRequested) cancel();
    worker.on('message', (message: RecorderMessage) => {
      if (message.kind === 'progress') progress(message);
      else if (message.kind === 'recorded') resolve(message.recorded);
      else reject(new Error(message.error));
    });
    worker.on('error', (error) => reject(new Error(unexpected(error.message))));
    worker.on('exit', (code) => reject(new Error(unexpected(`exit code ${code}`))));
  });
  return ended.finally(() => {
    clearTimeout(timer);
    void worker.terminate();
  });
}

function unexpected(reason: string): string {
  return `The recorder stopped unexpectedly (${plainText(reason)}). The trace has what was recorded until then.`;
}
