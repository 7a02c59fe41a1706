import * as vscode from 'vscode';
import type { MapChoice } from '../../../engine/views/protocol.ts';
import type { EngineClient } from '../engine-client.ts';
import { plainText } from '../plain-text.ts';
import type { ActiveMemory, ShownMemory } from '../snapshots/active-memory.ts';
import type { MemoryRow } from '../snapshots/memory-tree.ts';
import type { FoundView } from './found-view.ts';

interface MapItem extends vscode.QuickPickItem {
  readonly part: string;
}

/** Looks keys up in maps and sets, and shows the paths in the view of what was found. */
export class KeyFinder {
  readonly #engine: EngineClient;
  readonly #active: ActiveMemory;
  readonly #view: FoundView;
  /** The key that was looked up last. */
  #last = '';

  constructor(engine: EngineClient, active: ActiveMemory, view: FoundView) {
    this.#engine = engine;
    this.#active = active;
    this.#view = view;
  }

  /** Asks for a key, and for its map where `row` does not say it and there are several. */
  async ask(row: MemoryRow | undefined): Promise<void> {
    const shown = row?.shown ?? this.#active.current;
    if (shown === undefined) throw new Error('No memory is open. Open a snapshot, or step through a trace, first.');
    await this.find(shown, row?.row.part, undefined);
  }

  /** Looks a key up, and asks for what is undefined. */
  async find(shown: ShownMemory, part: string | undefined, key: string | undefined): Promise<void> {
    const map = part ?? (await this.#askForMap(shown));
    if (map === undefined) return;
    const wanted = key ?? (await this.#askForKey(map));
    if (wanted === undefined || wanted.trim() === '') return;
    this.#last = wanted.trim();
    const result = await this.#engine.call('memory/find-key', { memory: shown.memory, part: map, key: this.#last });
    if (typeof result === 'string') throw new Error(result);
    await this.#view.showLookup(shown, map, this.#last, result);
  }

  async #askForMap(shown: ShownMemory): Promise<string | undefined> {
    const maps = await this.#engine.call('memory/maps', { memory: shown.memory });
    const [only] = maps;
    if (only === undefined) throw new Error(`There is no map or set in ${plainText(shown.title)}.`);
    if (maps.length === 1) return only.part;
    const picked = await vscode.window.showQuickPick<MapItem>(maps.map(itemOf), {
      title: 'Find Key',
      placeHolder: 'Choose the map or set to look the key up in.',
      matchOnDescription: true,
    });
    return picked?.part;
  }

  #askForKey(part: string): Thenable<string | undefined> {
    return vscode.window.showInputBox({
      title: `Find Key in ${part}`,
      prompt: 'Write it as the list of entries shows keys, or its bytes in hex after 0x.',
      placeHolder: '42, alice, (ryjl3-tyaaa-aaaaa-aaaba-cai, 7), 0x002a',
      value: this.#last,
    });
  }
}

function itemOf({ part, label, description }: MapChoice): MapItem {
  return { part, label: plainText(label), description };
}
