/**
 * Client of the engine in the extension host: typed calls to two workers. Each worker starts with its first call.
 *
 * The host computes nothing and never blocks. A worker that does not answer leaves it responsive, and the user can restart the
 * worker.
 */

import * as vscode from 'vscode';
import type { Call, CallName, Calls, MemoryRef, Notification, Reply, ScanSummary } from '../../engine/views/protocol.ts';
import { type CallWithParams, EngineWorker, type WorkerSettings } from './engine-worker.ts';
import { memoryKey } from './memory-key.ts';
import { plainText } from './plain-text.ts';

/** Returns the message to show for anything that was thrown. */
export function errorText(error: unknown): string {
  return plainText(error instanceof Error ? error.message : String(error));
}

export class EngineClient implements vscode.Disposable {
  readonly #notifications = new vscode.EventEmitter<Notification>();
  readonly #stops = new vscode.EventEmitter<void>();
  readonly #engine: EngineWorker;
  readonly #scanner: EngineWorker;
  readonly #path: string;
  readonly #settings: () => WorkerSettings;
  /** The number of times that each memory was closed, by memory key. */
  readonly #closings = new Map<string, number>();

  readonly onNotification = this.#notifications.event;
  /**
   * Fires when the engine's worker is gone, with all debug sessions and the language server in it. The next call starts a new
   * worker.
   */
  readonly onDidStop = this.#stops.event;

  constructor(workerPath: string, settings: () => WorkerSettings) {
    this.#path = workerPath;
    this.#settings = settings;
    const notify = (notification: Notification) => this.#notifications.fire(notification);
    this.#engine = new EngineWorker('The memory engine', workerPath, settings, notify, () => this.#stops.fire());
    this.#scanner = new EngineWorker('The check of the whole memory', workerPath, settings, notify, () => undefined);
  }

  /** True if a worker runs. False before the first call. */
  get running(): boolean {
    return this.#engine.running || this.#scanner.running;
  }

  /** Returns a worker of its own, for long work that must not wait for other work. It starts with its first call. */
  separateWorker(title: string): EngineWorker {
    const ignore = (): void => undefined;
    return new EngineWorker(title, this.#path, this.#settings, ignore, ignore);
  }

  /** @throws UserError with the engine's message. */
  call<Name extends CallName>(name: Name, params: Calls[Name]['params']): Promise<Calls[Name]['result']> {
    return this.#workerFor(name, params).call(name, params);
  }

  /**
   * Runs the full scan of a memory. From then on the map is drawn from its result.
   *
   * @throws UserError with the engine's message.
   */
  async scan(memory: MemoryRef): Promise<ScanSummary> {
    const closings = this.#closings.get(memoryKey(memory));
    const { scan, usage } = await this.call('memory/scan', { memory });
    // If the memory was closed meanwhile, the result is out of date.
    if (memory.kind === 'snapshot' && this.#closings.get(memoryKey(memory)) === closings)
      await this.#engine.call('memory/usage', { memory, usage });
    return scan;
  }

  /** Closes a memory in both workers. Ends its full scan if the scanner does nothing else. */
  async close(memory: MemoryRef): Promise<void> {
    const key = memoryKey(memory);
    this.#closings.set(key, (this.#closings.get(key) ?? 0) + 1);
    if (this.#scanner.worksOnlyOn(memory))
      this.#scanner.stop('The check was stopped because its snapshot was closed or has changed.');
    const workers = [this.#engine, this.#scanner].filter(({ running }) => running);
    await Promise.all(workers.map((worker) => worker.call('memory/close', { memory })));
  }

  /** Forwards a call of the webview. The reply carries the webview's `id`. */
  async forward(id: number, request: CallWithParams): Promise<Reply> {
    const reply = await this.#workerFor(request.call, request.params).forward(request);
    return { ...reply, id };
  }

  /** Stops both workers. The next call starts them again, with the current settings. */
  restart(): void {
    this.#engine.stop('The memory engine was restarted.');
    this.#scanner.stop('The memory engine was restarted.');
  }

  dispose(): void {
    this.restart();
    this.#notifications.dispose();
    this.#stops.dispose();
  }

  /**
   * Returns the worker for a call. The state of a trace is in the worker of its debug session. The full scan of a snapshot has
   * its own worker, so that the views stay responsive.
   */
  #workerFor(name: CallName, params: Call['params']): EngineWorker {
    return name === 'memory/scan' && 'memory' in params && params.memory.kind === 'snapshot' ? this.#scanner : this.#engine;
  }
}
