/**
 * The recorder's worker. Each recording has one of its own, which ends with it: the canister's code runs in it, and the editor
 * can end it whatever that code does.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { describeBug, UserError } from '../../engine/core/user-error.ts';
import type { RecorderMessage, RecordingTask } from '../../engine/views/recording.ts';
import { recordToFile } from '../../servers/recorder/record-to-file.ts';

/** `cancelled`: the number in it is not 0 once the user has cancelled the recording. */
const { task, cancelled }: { readonly task: RecordingTask; readonly cancelled: SharedArrayBuffer } = workerData;
const flag = new Int32Array(cancelled);

const post = (message: RecorderMessage): void => parentPort?.postMessage(message);

recordToFile(task, {
  progress: (progress) => post({ kind: 'progress', ...progress }),
  isCancelled: () => Atomics.load(flag, 0) !== 0,
}).then(
  (recorded) => post({ kind: 'recorded', recorded }),
  (error: unknown) =>
    post({ kind: 'failed', error: error instanceof UserError ? error.message : describeBug('the recorder', error) }),
);
