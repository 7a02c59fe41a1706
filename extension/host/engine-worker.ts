import { Worker } from 'node:worker_threads';
import * as vscode from 'vscode';
import { UserError } from '../../engine/core/user-error.ts';
import type { CostTerms } from '../../engine/snapshot/cost.ts';
import type { Call, CallName, Calls, MemoryRef, Notification, Reply } from '../../engine/views/protocol.ts';
import { memoryKey } from './memory-key.ts';
import { plainText } from './plain-text.ts';

type ReplyTo<Name extends CallName> =
  | { readonly id: number; readonly result: Calls[Name]['result'] }
  | { readonly id: number; readonly error: string };

/** A call that is forwarded without inspection. */
export interface CallWithParams {
  readonly call: CallName;
  readonly params: Call['params'];
}

interface Pending extends CallWithParams {
  readonly since: number;
  /**
   * A method, not a property, for its looser type check: the id ties a reply to its call, which the type `Reply` cannot express.
   */
  settle(reply: Reply): void;
}

/** Settings that a worker receives when it starts. */
export interface WorkerSettings {
  /** Maximum unpacked size of a compressed file, in bytes. */
  readonly unpackLimit: number;
  /** Maximum ranges in the index of a trace. */
  readonly indexLimit: number;
  /** Maximum bytes of the states that are kept of a trace. */
  readonly keptBytes: number;
  readonly cost: CostTerms;
}

/** Time without an answer after which the user may restart a worker. Milliseconds. */
const PATIENCE = 20_000;

/** Calls that read or write everything, and may take minutes. */
const LONG_CALLS: ReadonlySet<string> = new Set<CallName>([
  'memory/scan',
  'timeline/open',
  'diff/begin',
  'diff/more',
  'rescue/write-repaired',
]);

/** One worker. Its first call starts it, and the next call after it died restarts it. */
export class EngineWorker {
  readonly #title: string;
  readonly #path: string;
  readonly #settings: () => WorkerSettings;
  readonly #notify: (notification: Notification) => void;
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
    notify: (notification: Notification) => void,
    stopped: () => void,
  ) {
    this.#title = title;
    this.#path = path;
    this.#settings = settings;
    this.#notify = notify;
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
          if ('error' in reply) reject(new UserError('request', reply.error));
          else resolve(reply.result);
        },
      });
    });
  }

  /** Returns true if there are pending calls and all of them are about `memory`. */
  worksOnlyOn(memory: MemoryRef): boolean {
    const pending = [...this.#pending.values()].map(({ params }) => params);
    return pending.length > 0 && pending.every((params) => 'memory' in params && memoryKey(params.memory) === memoryKey(memory));
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
    this.#watch ??= setInterval(() => this.#checkProgress(), 1000);
  }

  #start(): Worker {
    const worker = new Worker(this.#path, { workerData: this.#settings() });
    this.#worker = worker;
    this.#lastHeard = Date.now();
    worker.on('message', (message: Reply | Notification) => this.#receive(message));
    worker.on('error', (error) => this.#died(worker, error.message));
    worker.on('exit', (code) => this.#died(worker, `exit code ${code}`));
    return worker;
  }

  #receive(message: Reply | Notification): void {
    this.#lastHeard = Date.now();
    this.#warned = false;
    if ('notification' in message) {
      this.#notify(message);
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

  /** Warns the user about a row, a hover or a step that takes too long, and offers a restart. Long calls may take their time. */
  #checkProgress(): void {
    const [oldest] = this.#pending.values();
    if (!oldest || LONG_CALLS.has(oldest.call) || this.#warned) return;
    const waited = Date.now() - Math.max(oldest.since, this.#lastHeard);
    if (waited < PATIENCE) return;
    this.#warned = true;
    const seconds = Math.round(waited / 1000);
    const text = `${this.#title} has been busy with one request (${oldest.call}) for ${seconds} seconds.`;
    const worker = this.#worker;
    void vscode.window.showWarningMessage(text, 'Keep Waiting', 'Restart the Engine').then((choice) => {
      if (choice !== 'Restart the Engine' || this.#worker !== worker) return;
      this.stop('The memory engine was restarted because it did not answer. Try again.');
    });
  }
}
