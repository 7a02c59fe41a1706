import { join } from 'node:path';
import { openImage } from '../../../engine/node/open-image.ts';
import { TraceDebugSession } from '../../../servers/debug-adapter/session.ts';
import { Traces } from '../../../servers/open-files/traces.ts';
import { Client } from './client.ts';

export const HAND_WRITTEN = fixture('hand-written.smtrace.jsonl');
export const MIXED = fixture('mixed__mr-1.4.0+ab-0.8.0.jsonl.gz');
export const TIES = fixture('ties__mr-1.4.0+ab-0.7.1.jsonl.gz');
export const MEMORIES = fixture('trace-main-memory.jsonl.gz');

const shared = new Traces();

export function fixture(name: string): string {
  return join(import.meta.dirname, '../../fixtures/traces', name);
}

/**
 * Returns a client of a new session. `steps` counts the notifications that the session moved. Every run counts as short, so that
 * a slow machine gets the same order of messages. `syncTime` 0 makes every run a long one.
 */
export function newClient(syncTime = 60_000, traces = shared): Client & { readonly session: TraceDebugSession; steps(): number } {
  let steps = 0;
  const session = new TraceDebugSession({
    traces,
    openImage,
    syncTime,
    onStep: () => {
      steps += 1;
    },
  });
  return Object.assign(new Client(session), { session, steps: () => steps });
}
