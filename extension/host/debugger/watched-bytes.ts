import * as vscode from 'vscode';
import { errorText } from '../engine-client.ts';
import { DEBUG_TYPE } from './configurations.ts';
import { askForPlace, type BytesOfMenu, bytesOfMenu, steppingSession } from './time-travel.ts';

const ACCESSES = { write: 'write', read: 'read', readWrite: 'write or read' } as const;
type Access = keyof typeof ACCESSES;

/** Bytes on which the debugger stops. VS Code's own list has only those that a user adds there. */
interface WatchedBytes {
  /** The place as the user named it, or a memory reference. */
  readonly place: string;
  readonly bytes: number;
  readonly access: Access;
}

interface Row extends WatchedBytes {
  /** The sentence why the running session does not watch it. */
  readonly problem: string | undefined;
}

/** The part of VS Code's workspace state that keeps the list. */
interface WorkspaceState {
  get(key: string): unknown;
  update(key: string, value: unknown): Thenable<void>;
}

/** Name under which the workspace keeps the list. */
const KEPT = 'stableMemory.watchedBytes';

/** The list of watched bytes: a tree in the Run and Debug view, kept in the workspace and sent to each session. */
export class WatchedBytesTree implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  readonly #state: WorkspaceState;
  readonly #changes = new vscode.EventEmitter<void>();
  readonly #subscriptions: readonly vscode.Disposable[];
  #rows: readonly Row[];
  /** The keys of all rows that were added to launch configurations. */
  readonly #added = new Set<string>();

  readonly onDidChangeTreeData = this.#changes.event;

  constructor(state: WorkspaceState) {
    this.#state = state;
    const kept = state.get(KEPT);
    const list = Array.isArray(kept) ? kept.flatMap((range: unknown) => watchedOf(range) ?? []) : [];
    this.#rows = list.map((watched) => ({ ...watched, problem: undefined }));
    this.#subscriptions = [
      this.#changes,
      vscode.window.createTreeView('stableMemory.watchedBytes', { treeDataProvider: this }),
      vscode.debug.onDidStartDebugSession((session) => void this.#send(session)),
      // A session that does not stop at its start must know the bytes before it runs.
      vscode.debug.registerDebugConfigurationProvider(DEBUG_TYPE, {
        resolveDebugConfigurationWithSubstitutedVariables: (_folder, config) => this.#addTo(config),
      }),
    ];
    this.#showView();
  }

  /** The list without what is known about it. */
  get #list(): readonly WatchedBytes[] {
    return this.#rows.map(({ place, bytes, access }) => ({ place, bytes, access }));
  }

  getChildren(row?: Row): Row[] {
    return row === undefined ? [...this.#rows] : [];
  }

  getTreeItem(row: Row): vscode.TreeItem {
    const item = new vscode.TreeItem(placeText(row.place));
    item.id = keyOf(row);
    item.description = `${row.bytes === 1 ? '1 byte' : `${row.bytes} bytes`} · ${ACCESSES[row.access]}`;
    item.tooltip = row.problem ?? `The debugger stops at every ${ACCESSES[row.access]} of these bytes.`;
    item.iconPath = new vscode.ThemeIcon(
      row.problem === undefined ? 'debug-breakpoint-data' : 'debug-breakpoint-data-unverified',
    );
    item.contextValue = 'watched';
    return item;
  }

  /** Asks for a place, bytes and access, and adds them. */
  async addPlace(): Promise<void> {
    const place = await askForPlace();
    const watched = place && (await askWhatToWatch(place));
    if (watched) await this.#add(watched);
  }

  /** Adds the writes of the bytes that a menu was opened on. */
  async addWrites(from: unknown): Promise<void> {
    const bytes = bytesOfMenu(from);
    if (bytes) await this.#add(await writesOf(bytes));
  }

  /** Removes a row of the tree. */
  async remove(row: unknown): Promise<void> {
    const watched = watchedOf(row);
    if (watched) await this.#set(this.#rows.filter((each) => keyOf(each) !== keyOf(watched)));
  }

  async #add(watched: WatchedBytes): Promise<void> {
    const others = this.#rows.filter((row) => keyOf(row) !== keyOf(watched));
    await this.#set([...others, { ...watched, problem: undefined }]);
  }

  dispose(): void {
    for (const each of this.#subscriptions) each.dispose();
  }

  #addTo(config: vscode.DebugConfiguration): vscode.DebugConfiguration {
    const named: unknown = config['watch'];
    for (const row of this.#rows) this.#added.add(keyOf(row));
    return this.#rows.length === 0 ? config : { ...config, watch: [...(Array.isArray(named) ? named : []), ...this.#list] };
  }

  async #set(rows: readonly Row[]): Promise<void> {
    this.#rows = rows;
    this.#showView();
    this.#changes.fire();
    await this.#state.update(KEPT, this.#list);
    const session = vscode.debug.activeDebugSession;
    if (session) await this.#send(session);
  }

  /** Sends the list to a session, which answers which of the bytes exist. */
  async #send(session: vscode.DebugSession): Promise<void> {
    if (session.type !== DEBUG_TYPE) return;
    try {
      const configured: unknown = session.configuration['watch'];
      const own = Array.isArray(configured) ? configured.filter((range: unknown) => !this.#isFromHere(range)) : [];
      const { ranges } = await session.customRequest('setWatchRanges', { ranges: [...this.#list, ...own] });
      this.#rows = this.#rows.map((row, index) => ({ ...row, problem: messageOf(ranges, index) }));
      this.#changes.fire();
    } catch (error) {
      void vscode.window.showErrorMessage(errorText(error));
    }
  }

  /** Returns true if a range of a launch configuration was added from this list, not by the user. */
  #isFromHere(range: unknown): boolean {
    const watched = watchedOf(range);
    return watched !== undefined && this.#added.has(keyOf(watched));
  }

  #showView(): void {
    void vscode.commands.executeCommand('setContext', 'stableMemory.hasWatchedBytes', this.#rows.length > 0);
  }
}

/** Returns the bytes of a row of the tree, as its menu passes them. */
export function watchedOf(row: unknown): WatchedBytes | undefined {
  const { place, bytes, access }: { readonly [Name in keyof WatchedBytes]?: unknown } =
    typeof row === 'object' && row !== null ? row : {};
  return typeof place === 'string' && typeof bytes === 'number' && isAccess(access) ? { place, bytes, access } : undefined;
}

/** Asks how many bytes at a place, and which access. Returns undefined if the user cancels. */
async function askWhatToWatch({ place }: { readonly place: string }): Promise<WatchedBytes | undefined> {
  const bytes = await vscode.window.showInputBox({
    title: `Break on ${placeText(place)}`,
    prompt: 'How many bytes?',
    value: '1',
    validateInput: (text) => (/^\s*[1-9]\d{0,9}\s*$/.test(text) ? undefined : 'Write a number of bytes, such as 4.'),
  });
  if (bytes === undefined) return undefined;
  const choices = [
    { label: 'Write', access: 'write', description: 'also if it leaves the bytes as they are' },
    { label: 'Read', access: 'read', description: 'if the trace has reads' },
    { label: 'Write or read', access: 'readWrite' },
  ] as const;
  const chosen = await vscode.window.showQuickPick(choices, {
    title: `Break on ${placeText(place)}`,
    placeHolder: 'On which access?',
  });
  return chosen && { place, bytes: Number(bytes), access: chosen.access };
}

/** Returns the writes of a row of the variables pane, or of a place. The debug adapter knows how many bytes the row has. */
async function writesOf(named: BytesOfMenu): Promise<WatchedBytes> {
  if ('place' in named) return { place: named.place, bytes: named.length ?? 1, access: 'write' };
  const { name, variablesReference, memoryReference } = named;
  const { dataId } = await steppingSession().customRequest('dataBreakpointInfo', { name, variablesReference });
  const [, length] = typeof dataId === 'string' ? (/\+(\d+)$/.exec(dataId) ?? []) : [];
  return { place: memoryReference, bytes: Number(length ?? 1), access: 'write' };
}

function isAccess(access: unknown): access is Access {
  return typeof access === 'string' && Object.hasOwn(ACCESSES, access);
}

function keyOf({ place, bytes, access }: WatchedBytes): string {
  return `${place} ${bytes} ${access}`;
}

/** Returns a memory reference as users write places: `memory 3:0x40` for `vm:3@0x40`. */
function placeText(place: string): string {
  return place
    .replace(/^phys@/, '')
    .replace(/^vm:(\d+)@/, 'memory $1:')
    .replace(/^(region|space):(\d+)@/, '$1 $2:');
}

/** Returns why a range of the answer is not watched. */
function messageOf(ranges: unknown, index: number): string | undefined {
  const range: unknown = Array.isArray(ranges) ? ranges[index] : undefined;
  const message = typeof range === 'object' && range !== null && 'message' in range ? range.message : undefined;
  return typeof message === 'string' ? message : undefined;
}
