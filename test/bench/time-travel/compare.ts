/** Travelling in long traces: running, far steps, faults and conditions. Each work has a process of its own, so that its memory counts alone. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatBytes } from '../../../engine/core/format.ts';
import { duration, figuresOf, printHead, printRow } from '../table.ts';
import { generate } from './generate.ts';
import type { Measured } from './work.ts';

const ROUNDS = 3;
const MILLION = 1_000_000;

export async function benchTimeTravel(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-time-travel-'));
  try {
    const trace = (name: string, steps: number, form: 'cbor' | 'json', policy?: string): string => {
      const path = join(folder, `${name}.smtrace${form === 'json' ? '.jsonl' : ''}`);
      generate(path, steps, form, policy);
      return path;
    };
    console.log(`
Time travel: traces of 30 % allocations, 20 % frees and 50 % writes of 4 bytes all over 64 MiB, in one memory-region and the
physical memory. Each work in a process of its own, with the reading of the trace before it; median of ${ROUNDS}.
`);
    printHead('what', 'time', 'longest slice', 'open', 'peak memory');
    const million = trace('cbor', MILLION, 'cbor');
    row('1 M events: open', 'open', million);
    row('1 M events as JSON Lines: open', 'open', trace('json', MILLION, 'json'));
    row('1 M events: first jump to the end', 'seek', million);
    row('1 M events: run to the end, no breakpoints', 'run', million);
    row('1 M events: run, the faults that are on at first', 'faults', million);
    row('1 M events: run, ten conditional breakpoints', 'conditions', million);
    row('1 M events: free.largest or fragmentation, once', 'figures', million);
    row('1 M events, memory-region@1.4.0: a step back', 'back', trace('policy', MILLION, 'cbor', 'memory-region@1.4.0'));
    const ten = trace('ten', 10 * MILLION, 'cbor');
    row('10 M events: open', 'open', ten, 1);
    row('10 M events: first jump to the end', 'seek', ten, 1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function row(what: string, name: string, path: string, rounds = ROUNDS): void {
  const all = Array.from({ length: rounds }, () => measure(name, path));
  const median = (of: (measured: Measured) => number): number => figuresOf(all.map(of)).median;
  const slice = median(({ longest = 0 }) => longest);
  printRow(
    what,
    name === 'open' ? '' : duration(median(({ time }) => time) * 1e6),
    slice === 0 ? '' : duration(slice * 1e6),
    duration(median(({ open }) => open) * 1e6),
    formatBytes(median(({ peak }) => peak)),
  );
}

function measure(name: string, path: string): Measured {
  const script = join(import.meta.dirname, 'work.ts');
  const args = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning', script, name, path];
  const measured: Measured = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
  return measured;
}
