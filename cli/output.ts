import { parentPort, workerData } from 'node:worker_threads';
import { visibleJson, visibleText } from '../engine/core/visible-text.ts';
import { jsonPieces, PIECE, pieces } from './pieces.ts';
import type { ProgramData, ProgramMessage, StandardStream } from './program.ts';

/** Milliseconds after which a smaller piece is sent, too. */
const PROMPT = 100;
/** The command waits while more bytes than these are sent and not written: whoever reads slowly is waited for. */
const MAX_IN_FLIGHT = 4 * PIECE;

let pending = '';
let lastSent = 0;

/** Prints a line on the standard output; columns are separated by tabs. Whatever a terminal would obey is written visibly. */
export function print(...columns: readonly string[]): void {
  for (const [index, column] of columns.entries()) {
    if (index > 0) write('\t');
    for (const piece of pieces(column)) write(visibleText(piece));
  }
  write('\n');
}

/** Prints an object as one line of JSON, bytes as hex. What a terminal would obey is escaped in it, which changes no value. */
export function printJson(value: object): void {
  for (const piece of jsonPieces(value)) write(visibleJson(piece));
  write('\n');
}

/** Prints a sentence on the standard error. */
export function complain(sentence: string): void {
  flush();
  send('stderr', `stable-memory: ${visibleText(sentence)}\n`);
}

/** Whether the standard error is a terminal, on which a line may be replaced. */
export function isErrorTerminal(): boolean {
  const { errorTerminal }: ProgramData = workerData;
  return errorTerminal;
}

/** Writes over the last line of the terminal on the standard error. */
export function replaceLine(text: string): void {
  send('stderr', `\r\x1b[K${visibleText(text)}`);
}

/** Sends what was printed and not sent yet. */
export function flush(): void {
  for (const piece of pieces(pending)) send('stdout', piece);
  pending = '';
}

function write(text: string): void {
  pending += text;
  if (pending.length < PIECE && performance.now() - lastSent < PROMPT) return;
  flush();
  lastSent = performance.now();
}

function send(stream: StandardStream, text: string): void {
  const { inFlight }: ProgramData = workerData;
  const bytes = new TextEncoder().encode(text);
  const message: ProgramMessage = { kind: 'write', stream, bytes };
  Atomics.add(inFlight, 0, bytes.length);
  parentPort?.postMessage(message, [bytes.buffer]);
  for (let waiting = Atomics.load(inFlight, 0); waiting > MAX_IN_FLIGHT; waiting = Atomics.load(inFlight, 0)) {
    Atomics.wait(inFlight, 0, waiting);
  }
}
