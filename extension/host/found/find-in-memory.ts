import * as vscode from 'vscode';
import { FIND_KINDS, type FindKind } from '../../../engine/views/find/find-kinds.ts';
import type { ActiveMemory } from '../snapshots/active-memory.ts';
import type { KeyFinder } from './find-key.ts';
import type { FoundView } from './found-view.ts';

interface KindItem extends vscode.QuickPickItem {
  readonly is: FindKind;
}

const LABELS: Readonly<Record<FindKind, { readonly label: string; readonly detail: string }>> = {
  text: { label: 'Text', detail: 'in UTF-8, wherever it is: alice' },
  hex: { label: 'Bytes in hex', detail: '?? is any byte: cafe ?? babe' },
  int: { label: 'Whole number', detail: 'in 2 to 16 bytes, both orders, and LEB128: 1000, 0x3e8, -5' },
  principal: { label: 'Principal', detail: 'ryjl3-tyaaa-aaaaa-aaaba-cai' },
  value: { label: 'Decoded key or value', detail: 'a part of its text' },
  key: { label: 'Key of a map or set', detail: 'looked up as the library does it, with the path of the lookup' },
};

/** The last search. */
let last: { readonly pattern: string; readonly kind: FindKind } = { pattern: '', kind: 'text' };

/** Asks what to find in the memory on screen, and shows it in the view of what was found. */
export async function findInMemory(active: ActiveMemory, keys: KeyFinder, view: FoundView): Promise<void> {
  const shown = active.current;
  if (shown === undefined) throw new Error('No memory is open. Open a snapshot, or step through a trace, first.');
  const wanted = await askFor(shown.title);
  if (wanted === undefined) return;
  last = wanted;
  if (wanted.kind === 'key') await keys.find(shown, undefined, wanted.pattern);
  else await view.search(shown, wanted.pattern, wanted.kind, LABELS[wanted.kind].label.toLowerCase());
}

/** Asks for a pattern, and what it is. */
function askFor(title: string): Promise<typeof last | undefined> {
  const input = vscode.window.createQuickPick<KindItem>();
  input.title = `Find in ${title}`;
  input.placeholder = 'Write what to find, then choose what it is';
  input.value = last.pattern;
  const kinds = [last.kind, ...FIND_KINDS.filter((kind) => kind !== last.kind)];
  input.items = kinds.map((kind) => ({ is: kind, ...LABELS[kind], alwaysShow: true }));
  return new Promise((resolve) => {
    input.onDidAccept(() => {
      const [chosen] = input.selectedItems.length > 0 ? input.selectedItems : input.activeItems;
      const pattern = input.value.trim();
      if (!chosen || pattern === '') return;
      resolve({ pattern, kind: chosen.is });
      input.hide();
    });
    input.onDidHide(() => {
      resolve(undefined);
      input.dispose();
    });
    input.show();
  });
}
