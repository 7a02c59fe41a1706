import * as vscode from 'vscode';
import { formatAddress, formatCounted } from '../../../engine/core/format.ts';
import { FIND_KINDS, type FindKind, type FindLine } from '../../../engine/views/find/find-kinds.ts';
import type { FoundPart } from '../../../engine/views/protocol.ts';
import { type EngineClient, errorText } from '../engine-client.ts';
import type { ActiveMemory, ShownMemory } from './active-memory.ts';

/** Maximum places that are listed. The first ones count. */
const MAX_FOUND = 2000;
/** Time between two updates of the list, which are not cheap. Milliseconds. */
const UPDATE = 300;

interface KindItem extends vscode.QuickPickItem {
  readonly is: FindKind;
}

interface FoundItem extends vscode.QuickPickItem {
  readonly line: FindLine;
}

const LABELS: Readonly<Record<FindKind, { readonly label: string; readonly detail: string }>> = {
  text: { label: 'Text', detail: 'in UTF-8, wherever it is: alice' },
  hex: { label: 'Bytes in hex', detail: '?? is any byte: cafe ?? babe' },
  int: { label: 'Whole number', detail: 'in 2 to 16 bytes, both orders, and LEB128: 1000, 0x3e8, -5' },
  principal: { label: 'Principal', detail: 'ryjl3-tyaaa-aaaaa-aaaba-cai' },
  value: { label: 'Decoded key or value', detail: 'a part of its text' },
};

/** The last search. */
let last: { readonly pattern: string; readonly kind: FindKind } = { pattern: '', kind: 'text' };

/** Asks what to find in the memory on screen, and lists the places as they are found. */
export async function findInMemory(engine: EngineClient, active: ActiveMemory): Promise<void> {
  const shown = active.current;
  if (shown === undefined) throw new Error('No memory is open. Open a snapshot, or step through a trace, first.');
  const wanted = await askFor(shown.title);
  if (wanted === undefined) return;
  last = wanted;
  const search = await engine.call('memory/find', { memory: shown.memory, ...wanted });
  if (typeof search === 'string') throw new Error(search);
  await listFound(engine, shown, search, wanted.pattern);
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

/** Lists places as they are found, and shows the bytes of the one that is active. Closing the list ends the search. */
async function listFound(engine: EngineClient, shown: ShownMemory, search: number, pattern: string): Promise<void> {
  const list = vscode.window.createQuickPick<FoundItem>();
  let isOpen = true;
  list.title = `Find “${pattern}” in ${shown.title}`;
  list.placeholder = 'Searching…';
  list.busy = true;
  list.keepScrollPosition = true;
  list.matchOnDescription = true;
  list.onDidChangeActive(([item]) => go(shown, item, false));
  list.onDidAccept(() => {
    go(shown, list.selectedItems[0] ?? list.activeItems[0], true);
    list.hide();
  });
  list.onDidHide(() => {
    isOpen = false;
    list.dispose();
  });
  list.show();
  try {
    await run(engine, search, (found, searched) => {
      if (isOpen) {
        const { items, activeItems } = list;
        if (found.length > items.length) list.items = [...items, ...found.slice(items.length).map(itemOf)];
        if (activeItems.length > 0) list.activeItems = activeItems;
        list.placeholder = placeholderOf(found.length, searched);
        list.busy = searched < 1;
      }
      return isOpen;
    });
  } catch (error) {
    list.hide();
    void vscode.window.showErrorMessage(errorText(error));
  }
}

/** Runs a search. `report` gets all that was found so far and the part that was searched. It returns false to end the search. */
async function run(
  engine: EngineClient,
  search: number,
  report: (found: readonly FindLine[], searched: number) => boolean,
): Promise<void> {
  const found: FindLine[] = [];
  let reported = Date.now();
  for (;;) {
    const part: FoundPart = await engine.call('memory/find-more', { search });
    found.push(...part.found.slice(0, MAX_FOUND - found.length));
    if (part.isDone || found.length >= MAX_FOUND) break;
    if (Date.now() - reported < UPDATE) continue;
    reported = Date.now();
    if (!report(found, Math.min(0.99, part.searched))) return;
  }
  report(found, 1);
}

function go(shown: ShownMemory, item: FoundItem | undefined, open: boolean): void {
  if (item?.line.offset !== undefined) shown.select(item.line.offset, open);
}

function placeholderOf(count: number, searched: number): string {
  const found = count >= MAX_FOUND ? `The first ${formatCounted(count, 'place')}` : formatCounted(count, 'place');
  return searched < 1 ? `${found} so far; ${Math.floor(100 * searched)} % searched` : `${found}. Type to filter them.`;
}

function itemOf(line: FindLine): FoundItem {
  const { offset, address, part, state, text } = line;
  const place = address === undefined || address === offset ? '' : ` at ${formatAddress(address)}`;
  const inImage = offset === undefined ? '' : ` · ${formatAddress(offset)}`;
  return { label: text, description: `${part}${place} · ${state}${inImage}`, line };
}
