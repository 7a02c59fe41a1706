import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { parseScript } from '../../engine/recorder/script.ts';
import { CborTraceWriter } from '../../engine/trace/format/writer.ts';
import type { RehearsalReport } from '../../engine/views/rehearsal.ts';
import { openRehearsal } from '../../servers/recorder/rehearse.ts';
import { openRecording } from '../../servers/recorder/run-script.ts';
import { compile, type Persistence } from './motoko/compile.ts';

const folder = mkdtempSync(join(tmpdir(), 'rehearse-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
function put(bytes: Uint8Array): string {
  count += 1;
  const path = join(folder, `${count}.wasm`);
  writeFileSync(path, bytes);
  return path;
}

/** Runs a script, and returns the folder of a snapshot of the canister after it. */
export async function snapshotAfter(wasm: string, script: string): Promise<string> {
  const calls = parseScript(script);
  if ('problems' in calls) throw new Error(calls.problems[0]?.problem);
  count += 1;
  const end = join(folder, `${count}-end`);
  const recording = await openRecording({
    wasm,
    calls,
    scriptFolder: folder,
    snapshot: undefined,
    end,
    producer: 'test',
    limits: {},
    unpack: {},
  });
  const { calls: outcomes } = recording.run(new CborTraceWriter(() => {}), {
    progress: () => {},
    flush: () => {},
    isCancelled: () => false,
  });
  recording.close();
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(calls.map(() => 'replied'));
  return end;
}

/** Rehearses an upgrade. */
export async function rehearse(snapshot: string, wasm: string, { arg = '()', back = false } = {}): Promise<RehearsalReport> {
  const rehearsal = await openRehearsal({ snapshot, wasm, arg, back, producer: 'test', limits: {}, unpack: {} });
  try {
    return rehearsal.run(undefined, () => false);
  } finally {
    rehearsal.close();
  }
}

export const counterScript = '{"call":"init"}\n{"call":"update","method":"increase"}';

/** Compiles a counter, and its next version with another type. Returns the paths of the modules. */
export function counters(persistence: Persistence) {
  const path = (name: string): string => put(compile(`../../canisters/motoko/${name}.mo`, persistence).wasm);
  return { counter: path('counter'), asText: path('counter-as-text') };
}
