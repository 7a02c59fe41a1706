/**
 * The engine's worker. Each window has one that answers the views and runs the debug adapters and the language server, and a
 * second one for full scans of snapshots. Both run this file, and each loads only what it uses.
 */

import { parentPort, workerData } from 'node:worker_threads';
import { describeBug, UserError } from '../../engine/core/user-error.ts';
import type { Call, CallName, Calls, Notification, Reply } from '../../engine/views/protocol.ts';
import { type LanguageServer, startLanguageServer } from '../../servers/language-server/start.ts';
import { ComparedMemories } from '../../servers/open-files/compared-memories.ts';
import { type EngineSettings, Snapshots } from '../../servers/open-files/snapshots.ts';
import { Traces } from '../../servers/open-files/traces.ts';
import { handle, handlersOf } from './calls.ts';
import { DebugSessions } from './debug-sessions.ts';

const port = parentPort;
if (port === null) throw new Error('This file runs as a worker.');
const settings: EngineSettings = workerData ?? {};

const post = (message: Reply | Notification): void => port.postMessage(message);
const snapshots = new Snapshots(settings);
const traces = new Traces(settings);
let languageServer: LanguageServer | undefined;

const handlers = handlersOf({
  snapshots,
  traces,
  sessions: new DebugSessions(traces, settings, post),
  compared: new ComparedMemories(snapshots, traces, settings),
  language: (message) => {
    languageServer ??= startLanguageServer({
      send: (message) => post({ notification: 'language/message', message }),
      traces,
      codecs: () => snapshots.codecs(),
      snapshotIn: async (folder) => {
        const snapshot = await snapshots.inFolder(folder);
        return snapshot && { title: snapshot.title, spaces: snapshot.spaces.map(({ part }) => part) };
      },
    });
    languageServer.receive(message);
  },
});

async function answer<Name extends CallName>(id: number, name: Name, params: Calls[Name]['params']): Promise<void> {
  try {
    post({ id, result: await handle(handlers, name, params) });
  } catch (error) {
    post({ id, error: error instanceof UserError ? error.message : describeFailure(name, error) });
  }
}

function describeFailure(name: CallName, error: unknown): string {
  console.error(error);
  return describeBug(`the extension, in ${name}`, error);
}

port.on('message', (call: Call) => void answer(call.id, call.call, call.params));
