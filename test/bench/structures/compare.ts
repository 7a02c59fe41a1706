/**
 * Compares the real Rust library and the engine, which do the same work in turns: the cost of an operation, and its ratio to the
 * native cost.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildBench, peerProgram } from '../../../tools/peers.ts';
import { duration, figuresOf, printHead, printRow } from '../table.ts';
import { CASES, type Case, type Measure, type Target } from './cases.ts';

/** Number of times that both programs are started, in turns. */
const TURNS = 3;
/** Rounds that each program measures, after one that does not count. */
const ROUNDS = 6;

const INTRODUCTION = `
The real ic-stable-structures 0.7.2 (native, release build) and the engine do the same work in turns. Each is started ${TURNS} times, and measures ${ROUNDS} rounds
after a warm-up round, each on fresh memory. Times are per operation: median (minimum). Maps have 100,000 entries, from u64 to 32 bytes; the Vec has
1,000,000 items. The memory is an array in a MemoryManager with default buckets, except where growing is measured. The engine's keys and values
are bytes.
`;

/** Nanoseconds per operation of all rounds, by measurement. */
type Times = Map<string, number[]>;

export async function benchStructures(): Promise<void> {
  const unavailable = await buildBench();
  console.log(INTRODUCTION);
  if (unavailable !== undefined) console.log(`The native column is left out. ${unavailable}\n`);
  printHead('what', 'native', 'engine', 'ratio', 'target');
  for (const workCase of CASES) {
    const native: Times = new Map();
    const ours: Times = new Map();
    for (let turn = 0; turn < TURNS; turn++) {
      if (unavailable === undefined) collect(native, peerProgram('bench', 'release'), [], workCase);
      collect(ours, process.execPath, [join(import.meta.dirname, 'work.ts')], workCase);
    }
    for (const measure of workCase.measures) printMeasure(measure, native, ours);
  }
}

/** Runs a program on a case, and collects its output. */
function collect(times: Times, program: string, options: readonly string[], { name }: Case): void {
  const { status, stdout, stderr } = spawnSync(program, [...options, name, String(ROUNDS)], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} exited with status ${status}: ${stderr}`);
  for (const line of stdout.trimEnd().split('\n')) {
    const [measured = '', nanoseconds] = line.split('\t');
    times.set(measured, [...(times.get(measured) ?? []), Number(nanoseconds)]);
  }
}

function printMeasure({ name, what, like, target }: Measure, nativeTimes: Times, ourTimes: Times): void {
  const native = figuresOf(nativeTimes.get(like ?? name) ?? []);
  const ours = figuresOf(ourTimes.get(name) ?? []);
  const compared = native.least > 0;
  printRow(
    what,
    compared ? `${duration(native.median)} (${duration(native.least)})` : '',
    `${duration(ours.median)} (${duration(ours.least)})`,
    compared ? `${(ours.median / native.median).toFixed(2)} (${(ours.least / native.least).toFixed(2)})` : '',
    target === undefined ? '' : describe(target),
  );
}

function describe(target: Target): string {
  return 'times' in target ? `≤ ${target.times.toFixed(1)}` : `< ${duration(target.nanoseconds)}`;
}
