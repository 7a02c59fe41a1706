/**
 * The recorder. Each recording has one of its own, which ends with it: the canister's code runs in it, and the editor can end it
 * whatever that code does. It is a worker, or a process of a newer Node than the editor's.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { describeBug, UserError } from '../../engine/core/user-error.ts';
import type {
  RecorderMessage,
  RecorderWorkerData,
  RecordingProgress,
  RecordingTask,
  RehearsalTask,
} from '../../engine/views/recording.ts';
import { recordToFile } from '../../servers/recorder/record-to-file.ts';
import { rehearseToFile } from '../../servers/recorder/rehearse-to-file.ts';

async function run(
  task: RecordingTask | RehearsalTask,
  post: (message: RecorderMessage) => void,
  isCancelled: () => boolean,
): Promise<void> {
  try {
    if (task.kind === 'rehearse') post({ kind: 'rehearsed', rehearsed: await rehearseToFile(task, isCancelled) });
    else {
      const progress = (made: RecordingProgress): void => post({ kind: 'progress', ...made });
      post({ kind: 'recorded', recorded: await recordToFile(task, { progress, isCancelled }) });
    }
  } catch (error) {
    post({ kind: 'failed', error: error instanceof UserError ? error.message : describeBug('the recorder', error) });
  }
}

const port = parentPort;
if (port) {
  const { task, cancelled }: RecorderWorkerData = workerData;
  const flag = new Int32Array(cancelled);
  void run(
    task,
    (message) => port.postMessage(message),
    () => Atomics.load(flag, 0) !== 0,
  );
} else
  process.once('message', (task: RecordingTask | RehearsalTask) => {
    const post = (message: RecorderMessage): void => void process.send?.(message);
    void run(task, post, () => false).then(() => process.disconnect());
  });
