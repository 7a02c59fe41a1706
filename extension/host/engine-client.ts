/**
 * The extension host's way to the engine: two workers that start with the first question that needs them, and typed calls to them.
 *
 * The host never computes and never waits in a loop: a worker that does not answer leaves it free, and can be restarted by the user.
 */
import { Worker } from 'node:worker_threads';
import * as vscode from 'vscode';
import type { CostTerms } from '../../engine/snapshot/cost.ts';
import type { Call, CallName, Calls, MemoryRef, Notification, Reply, ScanSummary } from '../../engine/views/protocol.ts';
import { plainText } from './plain-text.ts';

/** The worker's own sentence for the user: what happened, where, what to do. */
export class RequestError extends Error {}

/** Returns the sentence to show for whatever was thrown. */
export function errorText(error: unknown): string {
  return plainText(error instanceof Error ? error.message : String(error));
}

/** A memory's name among all of this window's. */
export function memoryKey(memory: MemoryRef): string {
  return memory.kind === 'snapshot' ? `snapshot:${memory.path}` : `moment:${memory.session}`;
}

export function sameMemory(a: MemoryRef, b: MemoryRef): boolean {
  return memoryKey(a) === memoryKey(b);
}

type ReplyTo<Name extends CallName> =
  | { readonly id: number; readonly result: Calls[Name]['result'] }
  | { readonly id: number; readonly error: string };

/** A call as it is passed on, without looking into it. */
export interface CallWithParams {
  readonly call: CallName;
  readonly params: Call['params'];
}

interface Pending extends CallWithParams {
  readonly since: number;
  /** A method, not a function: the id ties a reply to its call, which the type of all replies cannot say. */
  settle(reply: Reply): void;
}

/** What a worker is told at its start. */
export interface WorkerSettings {
  /** The most bytes that a packed file may unpack to. */
  readonly unpackLimit: number;
  readonly cost: CostTerms;
}

/** A worker with no answer for so long is named to the user, who may restart it. Milliseconds. */
const PATIENCE = 20_000;

export class EngineClient implements vscode.Disposable {
  readonly #notifications = new vscode.EventEmitter<Notification>();
  readonly #stops = new vscode.EventEmitter<void>();
  readonly #engine: EngineWorker;
  readonly #scanner: EngineWorker;
  /** How often each memory was closed. */
  readonly #closings = new Map<string, number>();

  readonly onNotice = this.#notifications.event;
  /** The engine's worker is gone, with every debug session and the language server in it. The next call starts another. */
  readonly onDidStop = this.#stops.event;

  constructor(workerPath: string, settings: () => WorkerSettings) {
    const notification = (each: Notification) => this.#notifications.fire(each);
    this.#engine = new EngineWorker('The memory engine', workerPath, settings, notification, () => this.#stops.fire());
    this.#scanner = new EngineWorker('The check of the whole memory', workerPath, settings, notification, () => undefined);
  }

  /** Whether a worker has been started: false until something is asked. */
  get running(): boolean {
    return this.#engine.running || this.#scanner.running;
  }

  /** @throws RequestError with the engine's own sentence. */
  call<Name extends CallName>(name: Name, params: Calls[Name]['params']): Promise<Calls[Name]['result']> {
    return this.#workerFor(name, params).call(name, params);
  }

  /**
   * Has a memory scanned as a whole. The map is drawn from it from then on.
   *
   * @throws RequestError with the engine's own sentence.
   */
  async scan(memory: MemoryRef): Promise<ScanSummary> {
    const closings = this.#closings.get(memoryKey(memory));
    const { scan, usage } = await this.call('memory/scan', { memory });
    // What was read before the memory was closed is not what it is now.
    if (memory.kind === 'snapshot' && this.#closings.get(memoryKey(memory)) === closings)
      await this.#engine.call('memory/usage', { memory, usage });
    return scan;
  }

  /** Forgets a memory, in both workers; ends its scan if that is all that is under way. */
  async close(memory: MemoryRef): Promise<void> {
    const key = memoryKey(memory);
    this.#closings.set(key, (this.#closings.get(key) ?? 0) + 1);
    if (this.#scanner.worksOnlyOn(memory))
      this.#scanner.stop('The check was ended, because its snapshot was closed or has changed.');
    const workers = [this.#engine, this.#scanner].filter(({ running }) => running);
    await Promise.all(workers.map((worker) => worker.call('memory/close', { memory })));
  }

  /** Passes a call of the webview on; the reply carries the webview's own `id`. */
  async forward(id: number, request: CallWithParams): Promise<Reply> {
    const reply = await this.#workerFor(request.call, request.params).forward(request);
    return { ...reply, id };
  }

  /** Ends both workers; the next call starts them anew, with the settings as they are then. */
  restart(): void {
    this.#engine.stop('The memory engine was restarted.');
    this.#scanner.stop('The memory engine was restarted.');
  }

  dispose(): void {
    this.restart();
    this.#notifications.dispose();
    this.#stops.dispose();
  }

  /** The moment of a trace lives where its debug session does; a snapshot is walked beside the worker that answers the views. */
  #workerFor(name: CallName, params: Call['params']): EngineWorker {
    return name === 'memory/scan' && 'memory' in params && params.memory.kind === 'snapshot' ? this.#scanner : this.#engine;
  }
}

/** One worker: started by its first call, restarted by the next call after it died. */
class EngineWorker {
  readonly #title: string;
  readonly #path: string;
  readonly #settings: () => WorkerSettings;
  readonly #notification: (notification: Notification) => void;
  readonly #stopped: () => void;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  #watch: NodeJS.Timeout | undefined;
  #warned = false;
  #lastHeard = 0;
  #lastId = 0;

  constructor(
    title: string,
    path: string,
    settings: () => WorkerSettings,
    notification: (notification: Notification) => void,
    stopped: () => void,
  ) {
    this.#title = title;
    this.#path = path;
    this.#settings = settings;
    this.#notification = notification;
    this.#stopped = stopped;
  }

  get running(): boolean {
    return this.#worker !== undefined;
  }

  call<Name extends CallName>(name: Name, params: Calls[Name]['params']): Promise<Calls[Name]['result']> {
    return new Promise((resolve, reject) => {
      this.#send({
        call: name,
        params,
        since: Date.now(),
        settle(reply: ReplyTo<Name>) {
          if ('error' in reply) reject(new RequestError(reply.error));
          else resolve(reply.result);
        },
      });
    });
  }

  /** Whether something is asked of it, and all of that about `memory`. */
  worksOnlyOn(memory: MemoryRef): boolean {
    const pending = [...this.#pending.values()].map(({ params }) => params);
    return pending.length > 0 && pending.every((params) => 'memory' in params && sameMemory(params.memory, memory));
  }

  forward({ call, params }: CallWithParams): Promise<Reply> {
    return new Promise((resolve) => {
      this.#send({ call, params, since: Date.now(), settle: resolve });
    });
  }

  stop(reason: string): void {
    const worker = this.#worker;
    if (!worker) return;
    this.#worker = undefined;
    worker.removeAllListeners();
    worker.terminate().catch(() => undefined);
    this.#giveUp(reason);
  }

  #send(pending: Pending): void {
    const id = ++this.#lastId;
    const worker = this.#worker ?? this.#start();
    this.#pending.set(id, pending);
    worker.postMessage({ id, call: pending.call, params: pending.params });
    this.#watch ??= setInterval(() => this.#lookAfter(), 1000);
  }

  #start(): Worker {
    const worker = new Worker(this.#path, { workerData: this.#settings() });
    this.#worker = worker;
    this.#lastHeard = Date.now();
    worker.on('message', (message: Reply | Notification) => this.#receive(message));
    worker.on('error', (error) => this.#died(worker, error.message));
    worker.on('exit', (code) => this.#died(worker, `it ended with code ${code}`));
    return worker;
  }

  #receive(message: Reply | Notification): void {
    this.#lastHeard = Date.now();
    this.#warned = false;
    if ('notification' in message) {
      this.#notification(message);
      return;
    }
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (this.#pending.size === 0) this.#stopWatching();
    pending?.settle(message);
  }

  #died(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return;
    const text = `${this.#title} stopped unexpectedly (${plainText(reason)}). It starts again with the next request; nothing on disk was touched.`;
    this.stop(text);
    void vscode.window.showErrorMessage(text);
  }

  #giveUp(reason: string): void {
    this.#stopWatching();
    const pending = [...this.#pending];
    this.#pending.clear();
    for (const [id, { settle }] of pending) settle({ id, error: reason });
    this.#stopped();
  }

  #stopWatching(): void {
    clearInterval(this.#watch);
    this.#watch = undefined;
  }

  /** The scan may take its time; whoever waits for a row, a hover or a step is told after a while, and may end the waiting. */
  #lookAfter(): void {
    const [oldest] = this.#pending.values();
    if (!oldest || oldest.call === 'memory/scan' || this.#warned) return;
    const waited = Date.now() - Math.max(oldest.since, this.#lastHeard);
    if (waited < PATIENCE) return;
    this.#warned = true;
    const seconds = Math.round(waited / 1000);
    const text = `${this.#title} has been busy with one question (${oldest.call}) for ${seconds} seconds.`;
    const worker = this.#worker;
    void vscode.window.showWarningMessage(text, 'Keep Waiting', 'Restart the Engine').then((choice) => {
      if (choice !== 'Restart the Engine' || this.#worker !== worker) return;
      this.stop('The memory engine was restarted, because it did not answer. Ask again.');
    });
  }
}
