import * as vscode from 'vscode';
import type { ComparisonSummary } from '../../../engine/views/diff/calls.ts';
import {
  type ComparisonSource,
  DIFF_PAGE_CALLS,
  type DiffHostNotification,
  type DiffNotification,
  type DiffPageCall,
} from '../../../engine/views/diff/page.ts';
import { type Call, type MemoryRef, PROTOCOL_VERSION, type Reply } from '../../../engine/views/protocol.ts';
import { type EngineClient, errorText } from '../engine-client.ts';
import type { EngineWorker } from '../engine-worker.ts';
import { isCall, isNotification, OUTDATED_PAGE } from '../page-messages.ts';
import { setUpPage } from '../web-page.ts';
import { type OpenSide, openSide, watchSide } from './sides.ts';

type DiffCall = Extract<Call, { readonly call: DiffPageCall }>;

/** Milliseconds between two messages about the progress. */
const PROGRESS_EVERY = 100;
/** Time in which a worker closes its files before it is ended. Milliseconds. */
const CLOSING = 2_000;

/** The result of a comparison, as the page gets it whenever it is drawn anew. */
type Shown = Extract<DiffNotification, { readonly notification: 'comparison' | 'problem' }>;

/** A webview that compares two memories. They are opened and read in a worker of its own. */
export class ComparisonPanel implements vscode.Disposable {
  readonly panel: vscode.WebviewPanel;
  readonly #engine: EngineClient;
  readonly #showBytes: (memory: MemoryRef, offset: number) => Promise<void>;
  readonly #subscriptions: readonly vscode.Disposable[];
  #source: ComparisonSource;
  #worker: EngineWorker | undefined;
  #sides: readonly OpenSide[] = [];
  #watches: readonly vscode.Disposable[] = [];
  #shown: Shown | undefined;
  #stale: string | undefined;
  #ready = false;
  #disposed = false;
  /** Increases with each run, so that a run that was stopped ends. */
  #run = 0;

  /** `showBytes` shows bytes in the editor of a snapshot. */
  constructor(
    panel: vscode.WebviewPanel,
    source: ComparisonSource,
    engine: EngineClient,
    extension: vscode.Uri,
    showBytes: (memory: MemoryRef, offset: number) => Promise<void>,
  ) {
    this.panel = panel;
    this.#source = source;
    this.#engine = engine;
    this.#showBytes = showBytes;
    this.#subscriptions = [
      panel.webview.onDidReceiveMessage((message: unknown) => this.#receive(message)),
      // A hidden page is destroyed. When it is created again, it reports that it is ready.
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.#ready = false;
      }),
    ];
    setUpPage(panel.webview, extension, 'compare');
  }

  get source(): ComparisonSource {
    return this.#source;
  }

  /** Goes to the next difference, or the one before. */
  go(by: 1 | -1): void {
    this.#post({ notification: 'go', by });
  }

  dispose(): void {
    this.#disposed = true;
    for (const each of this.#subscriptions) each.dispose();
    this.#close();
  }

  async #compare(): Promise<void> {
    this.#close();
    const run = this.#run;
    const isCurrent = (): boolean => run === this.#run;
    const worker = this.#engine.separateWorker('The comparison');
    this.#worker = worker;
    try {
      this.#post({ notification: 'progress', text: 'Opening both', part: undefined });
      const sides: OpenSide[] = [];
      for (const source of [this.#source.before, this.#source.after]) {
        const side = await openSide(source);
        if (!isCurrent()) {
          side.close();
          return;
        }
        sides.push(side);
        this.#sides = sides;
      }
      const [before, after] = sides;
      if (before === undefined || after === undefined) return;
      const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
      await worker.call('diff/begin', { before: before.memory, after: after.memory, folders });
      const summary = await this.#finish(worker, isCurrent);
      if (summary === undefined) return;
      this.#watches = sides.map((side) => watchSide(side, (text) => this.#showStale(text)));
      this.#show({
        notification: 'comparison',
        version: PROTOCOL_VERSION,
        source: this.#source,
        summary: titled(summary, before, after),
        places: { before: placeOf(before), after: placeOf(after) },
      });
    } catch (error) {
      if (isCurrent()) this.#show({ notification: 'problem', text: errorText(error) });
    }
  }

  /** Runs the comparison to its end, part by part. Returns undefined if it was stopped. */
  async #finish(worker: EngineWorker, isCurrent: () => boolean): Promise<ComparisonSummary | undefined> {
    for (let last = 0; isCurrent(); ) {
      const part = await worker.call('diff/more', {});
      if (!isCurrent()) return undefined;
      if (part.isDone) return part.summary;
      if (Date.now() - last < PROGRESS_EVERY) continue;
      last = Date.now();
      this.#post({ notification: 'progress', text: part.text, part: part.part });
    }
    return undefined;
  }

  #show(shown: Shown): void {
    this.#shown = shown;
    if (shown.notification === 'comparison') this.panel.title = `${shown.summary.before.title} ↔ ${shown.summary.after.title}`;
    this.#post(shown);
  }

  #showStale(text: string): void {
    this.#stale = text;
    this.#post({ notification: 'stale', text });
  }

  /** Ends what runs, and forgets what was compared. */
  #close(): void {
    this.#run += 1;
    this.#shown = undefined;
    this.#stale = undefined;
    for (const each of this.#watches) each.dispose();
    this.#watches = [];
    const sides = this.#sides;
    this.#sides = [];
    const worker = this.#worker;
    this.#worker = undefined;
    if (worker !== undefined) void endWorker(worker).finally(() => closeAll(sides));
    else closeAll(sides);
  }

  #receive(message: unknown): void {
    if (isCall(message, DIFF_PAGE_CALLS)) void this.#answer(message);
    else if (isNotification<DiffHostNotification>(message)) void this.#receiveNotification(message);
  }

  async #answer({ id, call, params }: DiffCall): Promise<void> {
    const stopped: Reply = { id, error: 'The comparison was stopped. Compare the snapshots again.' };
    const reply = this.#worker === undefined ? stopped : await this.#worker.forward({ call, params });
    this.#post({ ...reply, id });
  }

  async #receiveNotification(message: DiffHostNotification): Promise<void> {
    switch (message.notification) {
      case 'ready':
        await this.#begin(message.version);
        return;
      case 'stop':
        this.#close();
        this.#show({ notification: 'problem', text: 'The comparison was stopped.' });
        return;
      case 'again':
        await this.#compare();
        return;
      case 'swap':
        this.#source = { before: this.#source.after, after: this.#source.before };
        await this.#compare();
        return;
      case 'open':
        return;
      case 'bytes': {
        const path = this.#sides[message.side === 'before' ? 0 : 1]?.file;
        if (path === undefined) return;
        try {
          await this.#showBytes({ kind: 'snapshot', path }, message.at.start);
        } catch (error) {
          void vscode.window.showErrorMessage(errorText(error));
        }
      }
    }
  }

  async #begin(version: number): Promise<void> {
    this.#ready = true;
    if (version !== PROTOCOL_VERSION) this.#post({ notification: 'problem', text: OUTDATED_PAGE });
    else if (this.#shown !== undefined) {
      this.#post(this.#shown);
      if (this.#stale !== undefined) this.#post({ notification: 'stale', text: this.#stale });
    } else if (this.#worker === undefined) await this.#compare();
  }

  #post(message: DiffNotification | Reply): void {
    // If the panel is closed or its page hidden, nobody waits for the message.
    if (this.#disposed || !this.#ready) return;
    this.panel.webview.postMessage(message).then(undefined, () => undefined);
  }
}

/** Lets a worker close its files, and ends it. One that is busy is ended after a moment. */
async function endWorker(worker: EngineWorker): Promise<void> {
  const closed = worker.call('diff/close', {}).catch(() => undefined);
  await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, CLOSING))]);
  worker.stop('The comparison was stopped.');
}

function closeAll(sides: readonly OpenSide[]): void {
  for (const side of sides) side.close();
}

/** Completes the titles of both sides. Where they are the same, their places tell them apart. */
function titled(summary: ComparisonSummary, before: OpenSide, after: OpenSide): ComparisonSummary {
  const titleOf = (title: string, { version }: OpenSide): string => (version === undefined ? title : `${title} (${version})`);
  const titles = { before: titleOf(summary.before.title, before), after: titleOf(summary.after.title, after) };
  const { before: old, after: now } = titles.before === titles.after ? { before: before.name, after: after.name } : titles;
  return { ...summary, before: { ...summary.before, title: old }, after: { ...summary.after, title: now } };
}

function placeOf({ name, file }: OpenSide): { readonly name: string; readonly hasEditor: boolean } {
  return { name, hasEditor: file !== undefined };
}
