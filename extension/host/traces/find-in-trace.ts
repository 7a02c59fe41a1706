import * as vscode from 'vscode';
import { formatCounted } from '../../../engine/core/format.ts';
import type { TraceHit } from '../../../engine/views/protocol.ts';
import { type EngineClient, errorText } from '../engine-client.ts';
import { showPlace } from './show-place.ts';
import { activeTrace } from './trace-files.ts';

/** Maximum lines that are listed. The first ones count. */
const MAX_HITS = 2000;
/** Time between two updates of the list, which are not cheap. Milliseconds. */
const UPDATE = 300;

interface HitItem extends vscode.QuickPickItem {
  readonly hit: TraceHit;
}

/** The text that was searched for last. */
let lastText = '';

/** Asks for a text, searches the whole trace in the active editor for it, and lists the lines that have it. */
export async function findInTrace(engine: EngineClient): Promise<void> {
  const path = activeTrace();
  if (path === undefined)
    throw new Error('No trace is open in the active editor. Open a file that ends in .smtrace or .smtrace.jsonl first.');
  const text = await vscode.window.showInputBox({
    title: 'Find in Trace',
    prompt: 'All events of the trace are searched, also those that the editor does not show.',
    placeHolder: 'A part of a line: 0x2f00, region 16, addUser, overlaps',
    value: lastText,
  });
  if (text === undefined || text.trim() === '') return;
  lastText = text;
  await listHits(engine, path, text);
}

/** Lists lines as they are found. The list can be used at once; closing it ends the search. */
async function listHits(engine: EngineClient, path: string, text: string): Promise<void> {
  const list = vscode.window.createQuickPick<HitItem>();
  let isOpen = true;
  list.title = `Find “${text}”`;
  list.placeholder = 'Searching…';
  list.busy = true;
  list.keepScrollPosition = true;
  list.onDidAccept(() => {
    const chosen = list.selectedItems[0] ?? list.activeItems[0];
    list.hide();
    if (chosen) void showPlace(chosen.hit);
  });
  list.onDidHide(() => {
    isOpen = false;
    list.dispose();
  });
  list.show();
  try {
    await search(engine, path, text, (hits, done) => {
      if (isOpen) {
        const known = list.items;
        const { activeItems } = list;
        if (hits.length > known.length) list.items = [...known, ...hits.slice(known.length).map(itemOf)];
        // The editor may not have reported yet which line is active.
        if (activeItems.length > 0) list.activeItems = activeItems;
        list.placeholder = placeholderOf(hits.length, done);
        list.busy = done < 1;
      }
      return isOpen;
    });
  } catch (error) {
    list.hide();
    void vscode.window.showErrorMessage(errorText(error));
  }
}

/** Searches a trace. `report` gets all hits so far and the part that is done, from 0 to 1. It returns false to end the search. */
async function search(
  engine: EngineClient,
  path: string,
  text: string,
  report: (hits: readonly TraceHit[], done: number) => boolean,
): Promise<void> {
  const hits: TraceHit[] = [];
  let next: number | undefined = 0;
  let reported = Date.now();
  let goesOn = true;
  while (goesOn && next !== undefined && hits.length < MAX_HITS) {
    const found: { readonly hits: readonly TraceHit[]; readonly next: number | undefined; readonly events: number } =
      await engine.call('trace/find', { path, text, from: next });
    hits.push(...found.hits.slice(0, MAX_HITS - hits.length));
    next = found.next;
    if (Date.now() - reported < UPDATE) continue;
    reported = Date.now();
    goesOn = report(hits, next === undefined ? 1 : Math.min(0.99, next / found.events));
  }
  report(hits, 1);
}

function placeholderOf(hits: number, done: number): string {
  const found = hits >= MAX_HITS ? `The first ${formatCounted(hits, 'line')}` : formatCounted(hits, 'line');
  return done < 1 ? `${found} so far; ${Math.floor(100 * done)} % searched` : `${found}. Type to filter them.`;
}

function itemOf(hit: TraceHit): HitItem {
  return { label: hit.text.replaceAll(/ {2,}/g, '  '), hit };
}
