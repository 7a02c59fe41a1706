import { rmSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { visibleText } from '../engine/core/visible-text.ts';
import { describeOutputError } from './output-error.ts';
import { describeCrash, type ProgramData, type ProgramMessage, STANDARD_INPUT, UNUSABLE } from './program.ts';

/** Exit status by signal, as shells have it: 128 and the signal's number. */
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** Milliseconds that the worker has to end in. One that waits for a disk cannot be ended, so that then the signal ends the whole program. */
const GRACE = 700;

/** MiB for what was just made: more of it would be garbage that waits, as walks make much of it. */
const YOUNG = 16;

/** Runs a command in a worker: writes its output, ends it for a signal or a closed pipe, and removes what is temporary at any end. */
export function supervise(program: URL, words: readonly string[]): void {
  const inFlight = new Int32Array(new SharedArrayBuffer(4));
  const temporary = new Set<string>();
  let status: number | undefined;
  let ended = false;

  const data: ProgramData = { inFlight, errorTerminal: process.stderr.isTTY === true };
  // Nothing is taken from the standard input where no word stands for it: it may be meant for other programs.
  const stdin = words.includes(STANDARD_INPUT);
  const worker = new Worker(program, {
    argv: [...words],
    workerData: data,
    stdin,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG },
  });

  const clean = (): void => {
    for (const path of temporary) rmSync(path, { recursive: true, force: true });
    temporary.clear();
  };
  const exitWhenWritten = (): void => {
    if (!ended || (Atomics.load(inFlight, 0) > 0 && status === undefined)) return;
    clean();
    process.exit(status ?? process.exitCode);
  };
  const stop = (reason: number): void => {
    status ??= reason;
    void worker.terminate();
    exitWhenWritten();
  };
  const complain = (sentence: string): void => {
    process.stderr.write(`stable-memory: ${visibleText(sentence)}\n`);
  };

  if (stdin) {
    process.stdin.on('error', (error) => {
      complain(`The standard input could not be read: ${error.message}.`);
      stop(UNUSABLE);
    });
    if (process.stdin.isTTY) {
      complain(
        '"-" means the standard input, and nothing is written into it. Use "PROGRAM | stable-memory …" or "stable-memory … < FILE".',
      );
      stop(UNUSABLE);
    } else if (worker.stdin !== null) process.stdin.pipe(worker.stdin);
  }

  worker.on('message', (message: ProgramMessage) => {
    switch (message.kind) {
      case 'write': {
        const { length } = message.bytes;
        process[message.stream].write(message.bytes, () => {
          Atomics.sub(inFlight, 0, length);
          Atomics.notify(inFlight, 0);
          exitWhenWritten();
        });
        break;
      }
      case 'temporary':
        temporary.add(message.path);
        break;
      case 'settled':
        temporary.delete(message.path);
        break;
    }
  });
  worker.on('error', (error) => {
    complain(isOutOfMemory(error) ? 'There is not enough memory for this. Ask for less at a time.' : describeCrash(error));
    status ??= UNUSABLE;
  });
  worker.on('exit', (code) => {
    ended = true;
    process.exitCode = code;
    exitWhenWritten();
  });

  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A reader that has seen enough (head, less) closes the pipe: that is not an error.
    if (error.code !== 'EPIPE') complain(describeOutputError(error));
    stop(error.code === 'EPIPE' ? 0 : UNUSABLE);
  });
  process.stderr.on('error', () => undefined);

  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      setTimeout(() => {
        clean();
        process.removeAllListeners(signal);
        process.kill(process.pid, signal);
      }, GRACE);
      stop(SIGNALS[signal]);
    });
  }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}
