import { rmSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { visibleText } from '../engine/core/visible-text.ts';
import { describeOutputError } from '../engine/node/output/output-error.ts';
import { DAP_NAME, describeCrash, type ProgramData, type ProgramMessage, STANDARD_INPUT, UNUSABLE } from './program.ts';

/** Exit status by signal, as in shells: 128 plus the signal's number. */
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Time for the worker to end after a signal. A worker that waits for a disk cannot be terminated, so then the signal ends the
 * whole program. Milliseconds.
 */
const GRACE_PERIOD = 700;

/** Size of V8's young generation in MiB. Scans produce much garbage, and a larger young generation would only keep it longer. */
const YOUNG_GENERATION = 16;

/** Runs a command in a worker. Writes its output, ends it on a signal or a closed pipe, and always removes temporary files. */
export function supervise(program: URL, words: readonly string[]): void {
  const inFlight = new Int32Array(new SharedArrayBuffer(4));
  const temporary = new Set<string>();
  let status: number | undefined;
  let ended = false;

  const data: ProgramData = { inFlight, errorTerminal: process.stderr.isTTY === true };
  // Standard input is read only if an argument needs it, because otherwise it may be meant for other programs.
  const speaks = words[0] === DAP_NAME && words.every((word) => word !== '--help' && word !== '-h');
  const stdin = speaks || words.includes(STANDARD_INPUT);
  const worker = new Worker(program, {
    argv: [...words],
    workerData: data,
    stdin,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION },
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
  const printError = (sentence: string): void => {
    process.stderr.write(`stable-memory: ${visibleText(sentence)}\n`);
  };

  if (stdin) {
    process.stdin.on('error', (error) => {
      printError(`Standard input could not be read: ${error.message}.`);
      stop(UNUSABLE);
    });
    if (process.stdin.isTTY) {
      printError(
        speaks
          ? '"dap" is started by an editor, which speaks the debug adapter protocol with it. docs/debug-adapter.md says how.'
          : '"-" reads standard input, which is a terminal here. Use "PROGRAM | stable-memory …" or "stable-memory … < FILE".',
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
    printError(isOutOfMemory(error) ? 'There is not enough memory for this. Request less at a time.' : describeCrash(error));
    status ??= UNUSABLE;
  });
  worker.on('exit', (code) => {
    ended = true;
    process.exitCode = code;
    exitWhenWritten();
  });

  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A reader that has seen enough (head, less) closes the pipe: that is not an error.
    if (error.code !== 'EPIPE') printError(describeOutputError(error));
    stop(error.code === 'EPIPE' ? 0 : UNUSABLE);
  });
  process.stderr.on('error', () => undefined);

  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      setTimeout(() => {
        clean();
        process.removeAllListeners(signal);
        process.kill(process.pid, signal);
      }, GRACE_PERIOD);
      stop(SIGNALS[signal]);
    });
  }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}
