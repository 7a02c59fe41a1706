/** The author's own benchmark of the real Motoko libraries: what they take for it, scaled to this machine, and what the engine takes. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { figuresOf, printHead, printRow } from '../table.ts';
import { benchFreeStores } from './free-stores.ts';
import { Gauge, MEASURED, type RowName, SETUPS } from './library.ts';

/** How often the gauge and the engine run, in turns. */
const TURNS = 5;
/** What each measures every time. */
const ROUNDS = 3;

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
  { name: 'remove', what: 'MemoryBuffer: remove(0)', target: 10 },
  { name: 'insert', what: 'MemoryBuffer: insert(0)', target: 10 },
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
  const factors = SETUPS.map(({ persistence, store }) => figuresOf(gauge.timesOf(persistence)).median / store);
  introduce(factors);
  const letters = SETUPS.map((_, index) => String.fromCharCode(65 + index));
  printHead('what, 10,000 times', ...letters, 'fastest', 'engine (least)', 'times faster', 'target');
  const ratios = ROWS.map(({ name, what, target }) => {
    const library = MEASURED[name].map((time, column) => time * (factors[column] ?? Number.NaN));
    const fastest = Math.min(...library);
    const { median, least } = figuresOf(ours.get(name) ?? []);
    const cells = [...library, fastest].map((time) => `${time.toFixed(2)} ms`);
    printRow(what, ...cells, `${median.toFixed(2)} ms (${least.toFixed(2)})`, (fastest / median).toFixed(1), `≥ ${target}`);
    return fastest / median;
  });
  const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
  printRow('geometric mean', ...letters.map(() => ''), '', '', mean.toFixed(1), `≥ ${TARGET_MEAN}`);
  benchFreeStores();
}

function introduce(factors: readonly number[]): void {
  const [enhanced, classic] = [gaugeText(factors, 'enhancedOP'), gaugeText(factors, 'classicOP')];
  console.log(`
The loops of the libraries' published benchmark: 10,000 elements of Nat, 10,000 random blobs of 1 to 100 bytes. The libraries' times were
measured once, compiled to Wasm in V8; they are scaled by what storing 10,000 blobs in a region, compiled by Motoko's compiler in this
very run, takes here: ${enhanced} as long with enhanced persistence, ${classic} with classic. Each is measured ${TURNS * ROUNDS} times, in turns with the
engine, in fresh regions: medians. The engine's regions are the runtime's own, byte for byte, and its policy is two-btrees.
`);
  for (const [index, { name }] of SETUPS.entries()) console.log(`- ${String.fromCharCode(65 + index)}: ${name}`);
  console.log();
}

function gaugeText(factors: readonly number[], persistence: string): string {
  const times = SETUPS.flatMap((setup, index) => (setup.persistence === persistence ? [factors[index] ?? 0] : []));
  return `${Math.min(...times).toFixed(2)} to ${Math.max(...times).toFixed(2)} times`;
}

/** The engine's times, each as often as it was measured. */
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
