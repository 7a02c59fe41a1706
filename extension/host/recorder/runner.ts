import { execFile, fork } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import type { RecorderMessage, RecorderWorkerData, RecordingTask, RehearsalTask } from '../../../engine/views/recording.ts';

/** A recorder that runs. */
export interface Runner {
  onMessage(listener: (message: RecorderMessage) => void): void;
  /** The listener is called with the reason when the recorder ends, for whatever reason. */
  onEnd(listener: (reason: string) => void): void;
  /** Asks it to end soon. Returns false if it cannot be asked. */
  cancel(): boolean;
  /** Ends it at once. */
  end(): void;
}

/** Node can run memories of 64-bit addresses from this version. Motoko's enhanced persistence has them. */
const NODE = 24;

/** Starts the recorder at `path`: in a worker, or where that is too old for some modules and a newer Node is at hand, in that. */
export async function startRecorder(path: string, task: RecordingTask | RehearsalTask): Promise<Runner> {
  const node = majorOf(process.versions.node) < NODE ? await newerNode() : undefined;
  return node === undefined ? startWorker(path, task) : startProcess(node, path, task);
}

function startWorker(path: string, task: RecordingTask | RehearsalTask): Runner {
  const cancelled = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const workerData: RecorderWorkerData = { task, cancelled };
  const worker = new Worker(path, { workerData });
  return {
    onMessage: (listener) => worker.on('message', listener),
    onEnd: (listener) => {
      worker.on('error', ({ message }) => listener(message));
      worker.on('exit', (code) => listener(`exit code ${code}`));
    },
    cancel: () => {
      Atomics.store(new Int32Array(cancelled), 0, 1);
      return true;
    },
    end: () => void worker.terminate(),
  };
}

/** Starts a process. While code runs in it, it hears nothing; but what it has recorded is in the file. */
function startProcess(node: string, path: string, task: RecordingTask | RehearsalTask): Runner {
  const child = fork(path, [], { execPath: node, execArgv: [], serialization: 'advanced', stdio: 'ignore' });
  child.send(task);
  return {
    onMessage: (listener) => child.on('message', listener),
    onEnd: (listener) => {
      child.on('error', ({ message }) => listener(message));
      child.on('exit', (code, signal) => listener(signal ?? `exit code ${code}`));
    },
    cancel: () => false,
    end: () => void child.kill(),
  };
}

/** Returns a Node on the search path that is new enough. */
function newerNode(): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile('node', ['--version'], (error, version) => resolve(!error && majorOf(version) >= NODE ? 'node' : undefined));
  });
}

function majorOf(version: string): number {
  return Number.parseInt(version.replace(/^v/, ''), 10);
}
