/**
 * The engine's worker: one a window answers the views and runs the debug adapters and the language server, beside the state that they show;
 * a second one walks whole snapshots. Both run this file; what a worker never does it never loads.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { FileFault } from '../../engine/node/file-error.ts';
import type { Call, CallName, Calls, Notification, Reply } from '../../engine/views/protocol.ts';
import { type LanguageServer, startLanguageServer } from '../../servers/language-server/start.ts';
import { type EngineSettings, Refusal, Snapshots } from '../../servers/open-files/snapshots.ts';
import { Traces } from '../../servers/open-files/traces.ts';
import { handle, handlersOf } from './calls.ts';
import { DebugSessions } from './debug-sessions.ts';

const port = parentPort;
if (port === null) throw new Error('This file runs as a worker.');
const settings: EngineSettings = workerData ?? {};

const post = (message: Reply | Notification): void => port.postMessage(message);
const snapshots = new Snapshots(settings);
const traces = new Traces({ unpackLimit: settings.unpackLimit });
let languageServer: LanguageServer | undefined;

const handlers = handlersOf({
  snapshots,
  traces,
  sessions: new DebugSessions(traces, settings, post),
  language: (message) => {
    languageServer ??= startLanguageServer({
      send: (message) => post({ notification: 'language/message', message }),
      traces,
      codecs: () => snapshots.codecs(),
      snapshotIn: async (folder) => {
        const there = await snapshots.inFolder(folder);
        return there && { title: there.title, spaces: there.spaces.map(({ part }) => part) };
      },
    });
    languageServer.receive(message);
  },
});

async function take<Name extends CallName>(id: number, name: Name, params: Calls[Name]['params']): Promise<void> {
  try {
    post({ id, result: await handle(handlers, name, params) });
  } catch (error) {
    post({ id, error: error instanceof Refusal || error instanceof FileFault ? error.message : describeBug(name, error) });
  }
}

function describeBug(name: CallName, error: unknown): string {
  console.error(error);
  return `Something is wrong in the extension itself: ${name} failed with "${error instanceof Error ? error.message : String(error)}". Please report it.`;
}

port.on('message', (call: Call) => void take(call.id, call.call, call.params));
