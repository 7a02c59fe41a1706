import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTraceFile } from '../../../engine/node/open-trace.ts';
import type { RecordedTrace } from '../../../engine/views/recording.ts';
import { recordToFile } from '../../../servers/recorder/record-to-file.ts';
import { traceTarget } from '../../../servers/recorder/trace-target.ts';
import { assemble, type Code, END, functionType, I64 } from '../../engine/recorder/instrument/assemble.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'record-to-file-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const path = (name: string): string => join(folder, name);
const UNREACHABLE = 0x00;
const ENDLESS: Code = [0x03, 0x40, 0x0c, 0, END];
/** Grows stable memory by a page, and drops the result. */
const GROW: Code = [0x42, 1, 0x10, 0, 0x1a];
/** Writes 4 bytes of main memory, from 0, to stable memory. */
const WRITE: Code = [0x42, 0, 0x42, 0, 0x42, 4, 0x10, 1];

const MODULE = assemble({
  types: [functionType([]), functionType([I64], [I64]), functionType([I64, I64, I64])],
  imports: [
    { module: 'ic0', name: 'stable64_grow', type: 1 },
    { module: 'ic0', name: 'stable64_write', type: 2 },
  ],
  functions: [
    { type: 0, code: GROW, export: 'canister_init' },
    { type: 0, code: [...WRITE, UNREACHABLE], export: 'canister_update trap' },
    { type: 0, code: [...WRITE, ...ENDLESS], export: 'canister_update spin' },
    { type: 0, code: [UNREACHABLE], export: 'canister_query fail' },
  ],
  memories: [[0, 1]],
});

function record(script: string, isCancelled: () => boolean = () => false, replace = false): Promise<RecordedTrace> {
  writeFileSync(path('a.wasm'), MODULE);
  writeFileSync(path('a.calls.jsonl'), script);
  return recordToFile(
    {
      kind: 'record',
      wasm: path('a.wasm'),
      calls: path('a.calls.jsonl'),
      trace: path('a.smtrace'),
      replace,
      snapshot: undefined,
      unpackLimit: 2 ** 30,
    },
    { progress: () => undefined, isCancelled },
  );
}

const SCRIPT = `{"call":"init"}
// A comment counts as a line.
{"call":"update","method":"trap"}
{"call":"query","method":"fail"}
{"call":"update","method":"missing"}
`;

test('each call has its outcome, with its line and its last step', async () => {
  const { outcomes, calls, trapped, rejected, steps, firstTrap } = await record(SCRIPT);
  expect({ calls, trapped, rejected, steps }).toEqual({ calls: 4, trapped: 2, rejected: 1, steps: 4 });
  expect(outcomes.map(({ line, name, outcome, step }) => [line, name, outcome, step])).toEqual([
    [1, 'init', 'replied', 1],
    [3, 'trap', 'trapped', 3],
    [4, 'fail', 'trapped', 4],
    [5, 'missing', 'rejected', undefined],
  ]);
  expect(firstTrap).toBe(outcomes[1]);
});

test('a cancelled endless loop leaves a readable trace', async () => {
  let asked = 0;
  const recorded = await record('{"call":"init"}\n{"call":"update","method":"spin"}\n', () => asked++ > 20);
  expect(recorded).toMatchObject({ calls: 1, stopped: 'The recording was cancelled.' });
  const trace = await openTraceFile(path('a.smtrace'));
  if (typeof trace === 'string') throw new Error(trace);
  expect(trace.trace).toMatchObject({ complete: true, findings: [] });
  expect(trace.trace.steps).toBeGreaterThanOrEqual(1);
  trace.close();
});

test('an invalid argument names its line, and nothing runs', async () => {
  await expect(record('{"call":"init"}\n{"call":"query","method":"fail","arg":"(oops"}\n')).rejects.toThrow(/Line 2 .*"fail"/);
  expect(traceTarget(path('a.smtrace'))).toBe('nothing');
});

test('a script with problems writes nothing', async () => {
  await expect(record('{"call":"inti"}\n')).rejects.toThrow(/is not a script of calls\. Line 1: "call" is "inti"/);
  expect(existsSync(path('a.smtrace'))).toBe(false);
});

test('a file is replaced only if it may be', async () => {
  await record(SCRIPT);
  await expect(record(SCRIPT)).rejects.toThrow(/already exists/);
  await record('{"call":"init"}', undefined, true);
  expect(traceTarget(path('a.smtrace'))).toBe('recorded');
});

test('what a trace would replace', async () => {
  const target = (content: string | Uint8Array) => {
    writeFileSync(path('file'), content);
    return traceTarget(path('file'));
  };
  const header = (producer: string) => `{"magic":"ic-stable-trace","version":1,"producer":"${producer}"}\n`;
  await record(SCRIPT);
  expect(traceTarget(path('nothing'))).toBe('nothing');
  expect(traceTarget(folder)).toBe('other');
  expect(target(readFileSync(path('a.smtrace')))).toBe('recorded');
  expect(target(header('stable-memory 0.1.0'))).toBe('recorded');
  expect(target(header('stable-memory-recorder 0.1.0'))).toBe('other');
  expect(target(header('stable-memory-recorder for Motoko'))).toBe('other');
  expect(target('')).toBe('other');
  expect(target(MODULE)).toBe('other');
});
