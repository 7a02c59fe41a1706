import { beforeEach, expect, test, vi } from 'vitest';
import type { MemoryRef } from '../../../../engine/views/protocol.ts';
import { EventEmitter, ran } from '../fake-vscode.ts';

vi.mock('vscode', async () => ({ ...(await import('../fake-vscode.ts')), ViewColumn: { Beside: -2 } }));

const { showBytes } = await import('../../../../extension/host/snapshots/show-bytes.ts');

const memory = { kind: 'snapshot', path: '/a' } as const;

beforeEach(() => {
  ran.length = 0;
});

/** Fakes the memories that are shown. With `isOpen`, an editor shows the snapshot. */
function shownMemories(isOpen: boolean) {
  const changes = new EventEmitter<unknown>();
  const selected: unknown[] = [];
  const shown = { memory, select: (...args: readonly unknown[]) => selected.push(args) };
  let current: typeof shown | undefined = isOpen ? shown : undefined;
  const active = {
    onDidChange: changes.event,
    find: ({ kind }: MemoryRef) => (kind === 'snapshot' ? current : undefined),
  };
  const open = () => {
    current = shown;
    changes.fire(shown);
  };
  const show = (of: MemoryRef): Promise<void> => Reflect.apply(showBytes, undefined, [active, of, 64]);
  return { show, open, selected };
}

test('bytes are selected in the editor that is there', async () => {
  const { show, selected } = shownMemories(true);
  await show(memory);
  expect([ran, selected]).toEqual([[], [[64, true]]]);
});

test('an editor that was closed is opened for its bytes', async () => {
  const { show, open, selected } = shownMemories(false);
  const shown = show(memory);
  expect(ran).toEqual([['vscode.openWith', expect.objectContaining({ path: '/a' }), 'stableMemory.snapshot', expect.anything()]]);
  open();
  await shown;
  expect(selected).toEqual([[64, true]]);
});

test('the bytes of a debug session that has ended cannot be shown', async () => {
  const { show } = shownMemories(true);
  await expect(show({ kind: 'step', session: 's' })).rejects.toThrow('The debug session that had this memory has ended.');
});
