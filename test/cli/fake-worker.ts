/** Stands for `node:worker_threads` where a command runs in the process of its test: takes what the command writes. */
import type { ProgramData, ProgramMessage } from '../../cli/program.ts';

const inFlight = new Int32Array(new SharedArrayBuffer(4));
export const workerData: ProgramData = { inFlight, errorTerminal: false };
export const isMainThread = false;

const decoder = new TextDecoder();
let streams = { stdout: '', stderr: '' };

export const parentPort = {
  postMessage(message: ProgramMessage): void {
    if (message.kind !== 'write') return;
    streams = { ...streams, [message.stream]: streams[message.stream] + decoder.decode(message.bytes) };
    Atomics.sub(inFlight, 0, message.bytes.length);
  },
};

/** Returns what was written since the last call. */
export function takeWritten(): typeof streams {
  const written = streams;
  streams = { stdout: '', stderr: '' };
  return written;
}
