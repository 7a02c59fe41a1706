import { parentPort, workerData } from 'node:worker_threads';
import { visibleText } from '../engine/core/visible-text.ts';
import { CHUNK_LENGTH, jsonLine, textChunks } from '../servers/export/text-chunks.ts';
import type { ProgramData, ProgramMessage, StandardStream } from './program.ts';

/** Time after which a chunk is sent even if it is not full. Milliseconds. */
const MAX_DELAY = 100;
/** Maximum bytes that are sent but not written yet. Above it the command waits for a slow reader. */
const MAX_IN_FLIGHT = 4 * CHUNK_LENGTH;

let pending = '';
let lastSent = 0;

/** Prints a line on standard output, with tabs between columns. Escapes whatever a terminal would interpret. */
export function print(...columns: readonly string[]): void {
  for (const [index, column] of columns.entries()) {
    if (index > 0) write('\t');
    for (const chunk of textChunks(column)) write(visibleText(chunk));
  }
  write('\n');
}

/** Prints an object as one line of JSON, with bytes as hex. */
export function printJson(value: object): void {
  for (const chunk of jsonLine(value)) write(chunk);
}

/** Writes a text of a protocol on standard output at once, without changes. */
export function writeAsIs(text: string): void {
  send('stdout', text);
}

/** Prints a message on standard error. */
export function printError(sentence: string): void {
  flush();
  send('stderr', `stable-memory: ${visibleText(sentence)}\n`);
}

/** Returns true if standard error is a terminal, where a line can be replaced. */
export function isErrorTerminal(): boolean {
  const { errorTerminal }: ProgramData = workerData;
  return errorTerminal;
}

/** Replaces the last line of the terminal on standard error. */
export function replaceLine(text: string): void {
  send('stderr', `\r\x1b[K${visibleText(text)}`);
}

/** Sends what was printed but not sent yet. */
export function flush(): void {
  for (const chunk of textChunks(pending)) send('stdout', chunk);
  pending = '';
}

function write(text: string): void {
  pending += text;
  if (pending.length < CHUNK_LENGTH && performance.now() - lastSent < MAX_DELAY) return;
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
