/** The recorder for Rust, `recorders/rust`: its own tests, and the engine on a trace that it writes. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { Budget } from '../../engine/core/budget.ts';
import { toHex } from '../../engine/core/format.ts';
import { at, byteLength, readBytes } from '../../engine/core/memory/memory.ts';
import { BytesSource } from '../../engine/core/memory/source.ts';
import { hashMemory } from '../../engine/core/sha256.ts';
import { findStructure } from '../../engine/snapshot/find-part.ts';
import { scanImage } from '../../engine/snapshot/full-scan.ts';
import { encodeTrace } from '../../engine/trace/format/writer.ts';
import { openTrace } from '../../engine/trace/import/import.ts';
import { Timeline } from '../../engine/trace/timeline.ts';
import { peersFolder, recorderPackages } from '../../tools/peers.ts';
import { root } from '../../tools/project.ts';
import { openedBytes } from '../engine/snapshot/opened.ts';

const [recorder = ''] = recorderPackages;

function cargo(cwd: string, command: string, ...args: readonly string[]): string {
  const options = ['--locked', '--offline', '--target-dir', join(peersFolder, 'recorder'), ...args];
  const { status, stdout, stderr } = spawnSync('cargo', [command, ...options], { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`cargo ${command} failed: ${stdout}\n${stderr}`);
  return stdout;
}

test.each(recorderPackages.map((path) => relative(root, path)))('the tests in %s pass', (path) => {
  const passed = cargo(join(root, path), 'test').match(/\d+(?= passed)/g) ?? [];
  expect(Math.max(...passed.map(Number))).toBeGreaterThan(5);
});

const LEVELS = [
  { level: 'physical', space: 0 },
  { level: 'virtual', space: 4 },
] as const;

describe.each(LEVELS)('a trace at the $level level', ({ level, space }) => {
  const file = join(peersFolder, `${level}.smtrace`);
  const bytes = () => new Uint8Array(readFileSync(file));
  const opened = () => Timeline.open(openTrace(new BytesSource(bytes())));

  beforeAll(() => {
    mkdirSync(peersFolder, { recursive: true });
    cargo(recorder, 'run', '--example', 'users', '--', file, level);
  });

  test('is complete, has no findings and no faults, and replays to its checkpoint', () => {
    const timeline = opened();
    const { trace } = timeline;
    expect(trace).toMatchObject({ complete: true, findings: [], skipped: 0, physical: level === 'physical' });
    expect(trace.messages.count).toBe(302);
    expect(trace.steps).toBeGreaterThan(1000);
    expect(timeline.findings).toEqual([]);
    expect(timeline.faults().faults).toEqual([]);
    expect(timeline.verify()).toEqual({ checked: 1, findings: [], cutShort: undefined });
  });

  test('has the bytes that the engine would write', () => {
    const { trace } = opened();
    const header = trace.segments[0]?.header;
    expect(header && Buffer.compare(encodeTrace(header, trace.events()), bytes())).toBe(0);
  });

  test('ends with a memory manager and a map without damage', () => {
    const timeline = opened();
    timeline.seek(timeline.steps);
    const image = timeline.memory;
    const snapshot = openedBytes(image ? readBytes(image, at(0, 0), byteLength(image)) : new Uint8Array());
    expect(scanImage(snapshot).findings.filter(({ severity }) => severity !== 'information')).toEqual([]);
    const users = findStructure(snapshot, 'memory/3')?.structure;
    expect(users?.kind).toBe('btreemap');
    expect(users?.elements(0, 1000, new Budget()).length).toBe(299);
  });

  test('can be stepped through in both directions', () => {
    const timeline = opened();
    const hashAt = (step: number) => {
      timeline.seek(step);
      const memory = timeline.memoryOf(space);
      return memory && toHex(hashMemory(memory, new Budget()) ?? new Uint8Array());
    };
    const steps = Array.from({ length: 9 }, (_, index) => Math.floor((timeline.steps * index) / 8));
    const forwards = steps.map(hashAt);
    const backwards = steps.toReversed().map(hashAt);
    expect(backwards.toReversed()).toEqual(forwards);
    expect(new Set(forwards).size).toBe(steps.length);
  });
});
