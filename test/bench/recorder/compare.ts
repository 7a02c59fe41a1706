/** What it costs to record: calls with their events written, against the same host that drops them, and has no call stacks. */
import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatBytes, formatCount } from '../../../engine/core/format.ts';
import { at } from '../../../engine/core/memory/memory.ts';
import { Recorder } from '../../../engine/recorder/recorder.ts';
import type { TraceHeader } from '../../../engine/trace/events.ts';
import { CborTraceWriter, JsonLinesTraceWriter, type TraceWriter } from '../../../engine/trace/format/writer.ts';
import { canister } from '../../engine/recorder/canister.ts';
import { duration, figuresOf, printHead, printRow, printTime, time } from '../table.ts';
import { motokoMethod, rustMethod, type Subject, smallMethod } from './canisters.ts';

const HEADER: TraceHeader = { version: 1, producer: 'bench', canister: undefined, wasmSha256: undefined, initial: undefined };
const ROUNDS = 3;
/** Calls before the measured ones, while V8 compiles. */
const WARM_UP = 2000;

const UNLIMITED = { events: Number.POSITIVE_INFINITY };
const DROPPED: TraceWriter = { header: () => {}, event: () => {}, finish: () => {} };

export async function benchRecorder(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-recorder-'));
  try {
    const rust = await rustMethod();
    const subjects = [smallMethod(), ...(rust ? [rust] : []), motokoMethod('enhancedOP'), motokoMethod('classicOP')];
    console.log(`
Recording update calls, with all events written to a file, against the same host with the same rollback that drops the
events and has no call stacks. Time per call: median (minimum) of ${ROUNDS} rounds, each with a new canister, in turns.
`);
    printHead('what', 'events dropped', 'recorded', 'ratio', 'target');
    for (const subject of subjects) compare(subject, folder);
    console.log('\nWriting a million events to a file, and recording on a stable memory of 1 GiB, most of which is a hole.\n');
    printHead('what', 'median', 'least', 'most', 'target');
    for (const form of ['cbor', 'json'] as const) await benchWriting(form, folder);
    benchLargeSnapshot(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function compare(subject: Subject, folder: string): void {
  const dropped: number[] = [];
  const recorded: number[] = [];
  let events = 0;
  for (let round = 0; round < ROUNDS; round++) {
    dropped.push(perCall(new Recorder({ writer: DROPPED, header: HEADER, callStacks: false, limits: UNLIMITED }), subject));
    const file = openSync(join(folder, 'trace'), 'w');
    const writer = new CborTraceWriter((bytes) => void writeSync(file, bytes));
    const recorder = new Recorder({ writer, header: HEADER, limits: UNLIMITED });
    recorded.push(perCall(recorder, subject));
    writer.finish();
    closeSync(file);
    events = recorder.events;
  }
  const [less, more] = [figuresOf(dropped), figuresOf(recorded)];
  const cell = ({ median, least }: typeof less) => `${duration(median)} (${duration(least)})`;
  const name = `${formatCount(subject.calls)} × ${subject.name}, ${(events / (subject.calls + WARM_UP)).toFixed(0)} events each`;
  printRow(
    name,
    cell(less),
    cell(more),
    `${(more.median / less.median).toFixed(2)} (${(more.least / less.least).toFixed(2)})`,
    '≤ 3',
  );
}

/** Returns the nanoseconds of a call. */
function perCall(recorder: Recorder, { module, installation, method, calls, argument }: Subject): number {
  const call = (kind: 'init' | 'update', bytes: Uint8Array) =>
    recorder.call({ kind, method, caller: undefined, time: undefined, cycles: 0n, replies: [], seed: undefined }, bytes, module);
  const installed = call('init', installation);
  if (installed.outcome !== 'replied') throw new Error(installed.error);
  for (let index = 0; index < WARM_UP; index++) call('update', argument(index));
  const start = performance.now();
  for (let index = 0; index < calls; index++) call('update', argument(WARM_UP + index));
  const taken = performance.now() - start;
  const last = call('update', argument(0));
  if (last.outcome !== 'replied') throw new Error(last.error);
  return (taken * 1e6) / calls;
}

async function benchWriting(form: 'cbor' | 'json', folder: string): Promise<void> {
  const path = join(folder, 'events');
  const bytes = new Uint8Array(32).fill(7);
  const figures = await time(() => {
    const file = openSync(path, 'w');
    const sink = (chunk: Uint8Array) => void writeSync(file, chunk);
    const writer = form === 'cbor' ? new CborTraceWriter(sink) : new JsonLinesTraceWriter(sink);
    writer.header(HEADER);
    for (let index = 0; index < 1_000_000; index++) {
      const address = at(0, (index * 2_654_435_761) % (64 * 2 ** 20));
      if (index % 2 === 0) writer.event({ kind: 'read', space: 0, address, length: 32, stack: 7 });
      else writer.event({ kind: 'write', space: 0, address, bytes, stack: 7 });
    }
    writer.finish();
    closeSync(file);
  }, 5);
  printTime(`1,000,000 events written as ${form === 'cbor' ? 'CBOR' : 'JSON Lines'}`, figures, form === 'cbor' ? '≤ 1 s' : '');
}

/** Records calls that change 64 MiB all over a memory of 1 GiB, in a process of its own. */
function benchLargeSnapshot(folder: string): void {
  const snapshot = join(folder, 'stable_memory.bin');
  const file = openSync(snapshot, 'w');
  ftruncateSync(file, 2 ** 30);
  closeSync(file);
  const module = canister((code) => ({
    exports: {
      'canister_update go': [
        ...code.run('msg_arg_data_copy', 0, 0, 8),
        ...code.run('stable64_write', [0x41, 0, 0x29, 0, 0], 0, 8),
        ...code.run('msg_reply'),
      ],
    },
  }));
  const wasm = join(folder, 'large.wasm');
  writeFileSync(wasm, module);
  const runs = [0, 10_000].map((calls) => {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [join(import.meta.dirname, 'work.ts'), snapshot, wasm, String(calls)],
      {
        encoding: 'utf8',
      },
    );
    const [milliseconds, peak] = stdout.split(' ').map(Number);
    if (milliseconds === undefined || peak === undefined) throw new Error(stderr);
    return { milliseconds, peak };
  });
  const [nothing, some] = runs;
  if (!nothing || !some) return;
  const took = duration((some.milliseconds - nothing.milliseconds) * 1e6);
  printRow('1 GiB of stable memory: 10,000 writes all over it', took, '', '', '');
  printRow(
    '  peak of memory, without and with the calls',
    `${formatBytes(nothing.peak)}, ${formatBytes(some.peak)}`,
    '',
    '',
    '< 1 GiB',
  );
}
