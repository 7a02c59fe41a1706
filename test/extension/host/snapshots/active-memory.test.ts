import { beforeEach, expect, test, vi } from 'vitest';
import type { ShownMemory } from '../../../../extension/host/snapshots/active-memory.ts';
import { ran } from '../fake-vscode.ts';

vi.mock('vscode', () => import('../fake-vscode.ts'));

const { ActiveMemory } = await import('../../../../extension/host/snapshots/active-memory.ts');

const shown = (title: string): ShownMemory => ({
  memory: { kind: 'snapshot', path: title },
  title,
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

test('when it goes, the one before it is active again', () => {
  for (const each of [a, b]) active.use(each);
  active.drop(b.memory);
  expect(active.current).toBe(a);
  active.drop(a.memory);
  expect(active.current).toBeUndefined();
});

test('what was never shown changes nothing when it goes', () => {
  active.drop(a.memory);
  expect(changes).toEqual([]);
});

test('the views know whether there is one', () => {
  active.use(a);
  active.drop(a.memory);
  expect(ran).toEqual([
    ['setContext', 'stableMemory.hasMemory', true],
    ['setContext', 'stableMemory.hasMemory', false],
  ]);
});

test('only a selection in the active one is news', () => {
  const parts: string[] = [];
  active.onDidSelect((part) => parts.push(part));
  for (const each of [a, b]) active.use(each);
  active.selected(a, 'memory/1');
  active.selected(b, 'memory/2');
  expect(parts).toEqual(['memory/2']);
});

test('only the scan of the active one is news', () => {
  let scans = 0;
  active.onDidScan(() => scans++);
  for (const each of [a, b]) active.use(each);
  active.scanned(a);
  expect(scans).toBe(0);
  active.scanned(b);
  expect(scans).toBe(1);
});
