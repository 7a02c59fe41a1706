/**
 * The benchmark of the Motoko libraries by their author: the times of the real libraries, scaled to this machine, and the
 * engine's times.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { duration, type Figures, figuresOf, printHead, printRow } from '../table.ts';
import { Gauge, MEASURED, type RowName, SETUPS } from './library.ts';

/** Number of runs of the gauge and the engine, which alternate. */
const TURNS = 3;
/** The measurements of one run. */
const ROUNDS = 7;

interface Row {
  readonly name: RowName;
  readonly what: string;
  readonly target: number;
}

const ROWS: readonly Row[] = [
  { name: 'addBlob', what: 'MemoryRegion: addBlob, new memory', target: 1 },
  { name: 'removeBlob', what: 'MemoryRegion: removeBlob, every other one', target: 1 },
  { name: 'removeBlobMerging', what: 'MemoryRegion: removeBlob, merging the others', target: 1 },
  { name: 'addBlobAgain', what: 'MemoryRegion: addBlob, into what was freed', target: 1 },
  { name: 'add', what: 'MemoryBuffer: add', target: 1 },
  { name: 'get', what: 'MemoryBuffer: get', target: 1 },
  { name: 'putSame', what: 'MemoryBuffer: put, of the same size', target: 1 },
  { name: 'putLarger', what: 'MemoryBuffer: put, larger', target: 1 },
  { name: 'remove', what: 'MemoryBuffer: remove(0)', target: 5 },
  { name: 'insert', what: 'MemoryBuffer: insert(0)', target: 2 },
  { name: 'removeLast', what: 'MemoryBuffer: removeLast', target: 1 },
];
const TARGET_MEAN = 3;

export async function benchMotoko(): Promise<void> {
  const gauge = new Gauge();
  const ours = new Map<string, number[]>();
  for (let turn = 0; turn < TURNS; turn++) {
    for (let round = 0; round < ROUNDS; round++) gauge.measure();
    for (const [name, milliseconds] of runWork()) ours.set(name, [...(ours.get(name) ?? []), milliseconds]);
  }
  const here = SETUPS.map(({ persistence }) => figuresOf(gauge.timesOf(persistence)));
  introduce(here);
  const letters = SETUPS.map((_, index) => letterOf(index));
  printHead('what, 10,000 times', ...letters, 'engine', 'times as fast', 'target');
  const ratios = ROWS.map(({ name, what, target }) => {
    const scaled = (by: 'median' | 'least') =>
      SETUPS.map(({ store }, column) => ((MEASURED[name][column] ?? 0) * (here[column]?.[by] ?? 0)) / store);
    const { median, least } = figuresOf(ours.get(name) ?? []);
    const ratio = { median: Math.min(...scaled('median')) / median, least: Math.min(...scaled('least')) / least };
    const cells = scaled('least').map((time) => duration(time * 1e6));
    printRow(what, ...cells, `${duration(least * 1e6)} (${duration(median * 1e6)})`, inWords(ratio), `≥ ${target}`);
    return ratio;
  });
  const mean = (by: 'median' | 'least') => Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio[by]), 0) / ratios.length);
  printRow(
    'geometric mean',
    ...letters.map(() => ''),
    '',
    inWords({ median: mean('median'), least: mean('least') }),
    `≥ ${TARGET_MEAN}`,
  );
}

const letterOf = (index: number) => String.fromCharCode(65 + index);
const inWords = ({ median, least }: Pick<Figures, 'median' | 'least'>) => `${least.toFixed(1)} (${median.toFixed(1)})`;

function introduce(here: readonly Figures[]): void {
  console.log(`
These are the loops of the published benchmark of MemoryBuffer and MemoryRegion: 10,000 elements of Nat, and 10,000 random blobs of 1 to 100 bytes.
The libraries were measured once, compiled to Wasm in V8. Their times are scaled to this run by the time that code from Motoko's compiler takes here
to store 10,000 blobs in a plain region. That code and the engine are measured ${TURNS * ROUNDS} times, in turns, each in fresh regions. Times are the minimum, with
the median in brackets; other work on the machine affects the median. "Times as fast" compares with the fastest library in the row. The engine's
regions are the same as the runtime's, byte for byte. Its policy is two-btrees.
`);
  for (const [index, { name, store }] of SETUPS.entries()) {
    const factor = (here[index]?.least ?? 0) / store;
    console.log(`- ${letterOf(index)}: ${name}; scaled by ${factor.toFixed(2)}`);
  }
  console.log();
}

/** Returns the engine's times, one for each measurement. */
function runWork(): readonly (readonly [name: string, milliseconds: number])[] {
  const program = join(import.meta.dirname, 'work.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, String(ROUNDS)], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'))
    .map(([name = '', milliseconds]) => [name, Number(milliseconds)]);
}
