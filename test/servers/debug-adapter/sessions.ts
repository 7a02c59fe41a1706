import { join } from 'node:path';
import { openImage } from '../../../engine/node/open-image.ts';
import { TraceDebugSession } from '../../../servers/debug-adapter/session.ts';
import { Traces } from '../../../servers/open-files/traces.ts';
import { Client } from './client.ts';

export const HAND_WRITTEN = fixture('hand-written.smtrace.jsonl');
export const MIXED = fixture('mixed__mr-1.4.0+ab-0.8.0.jsonl.gz');
export const TIES = fixture('ties__mr-1.4.0+ab-0.7.1.jsonl.gz');
export const MEMORIES = fixture('trace-main-memory.jsonl.gz');

const traces = new Traces();

export function fixture(name: string): string {
  return join(import.meta.dirname, '../../fixtures/traces', name);
}

/**
 * A client of a new session. `moments` counts how often the session told that it moved. Every way counts as short, so that a slow machine
 * hears the same order of messages; `atOnce` 0 makes each a long one.
 */
export function newClient(atOnce = 60_000): Client & { readonly session: TraceDebugSession; moments(): number } {
  let moments = 0;
  const session = new TraceDebugSession({
    traces,
    openImage,
    atOnce,
    onStep: () => {
      moments += 1;
    },
  });
  return Object.assign(new Client(session), { session, moments: () => moments });
}
