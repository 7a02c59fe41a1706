import { beforeEach, expect, test, vi } from 'vitest';
import type { ShownMemory } from '../../../../extension/host/snapshots/active-memory.ts';
import { ran } from '../fake-vscode.ts';

vi.mock('vscode', () => import('../fake-vscode.ts'));

const { ActiveMemory } = await import('../../../../extension/host/snapshots/active-memory.ts');

const shown = (title: string): ShownMemory => ({
  memory: { kind: 'snapshot', path: title },
  title,
  document: title,
  scan: undefined,
  select: () => undefined,
  redraw: () => undefined,
});
const [a, b] = [shown('a'), shown('b')];

let active: InstanceType<typeof ActiveMemory>;
let changes: (string | undefined)[];

beforeEach(() => {
  ran.length = 0;
  active = new ActiveMemory();
  changes = [];
  active.onDidChange((current) => changes.push(current?.title));
});

test('the one that was used last is active', () => {
  for (const each of [a, b, a]) active.use(each);
  expect(active.current).toBe(a);
  expect(changes).toEqual(['a', 'b', 'a']);
});

test('when it is dropped, the previous one is active again', () => {
  for (const each of [a, b]) active.use(each);
  active.drop(b.memory);
  expect(active.current).toBe(a);
  active.drop(a.memory);
  expect(active.current).toBeUndefined();
});

test('dropping a memory that was never shown changes nothing', () => {
  active.drop(a.memory);
  expect(changes).toEqual([]);
});

test('the views know whether there is a memory', () => {
  active.use(a);
  active.drop(a.memory);
  expect(ran).toEqual([
    ['setContext', 'stableMemory.hasMemory', true],
    ['setContext', 'stableMemory.hasMemory', false],
  ]);
});

test('only a selection in the active memory fires', () => {
  const parts: string[] = [];
  active.onDidSelect(({ part }) => parts.push(part));
  for (const each of [a, b]) active.use(each);
  active.selected(a, { part: 'memory/1', offset: 1 });
  active.selected(b, { part: 'memory/2', offset: 2 });
  expect(parts).toEqual(['memory/2']);
});

test('only the scan of the active memory fires', () => {
  let scans = 0;
  active.onDidScan(() => scans++);
  for (const each of [a, b]) active.use(each);
  active.scanned(a);
  expect(scans).toBe(0);
  active.scanned(b);
  expect(scans).toBe(1);
});
