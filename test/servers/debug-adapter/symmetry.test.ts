import { fc, test as law } from '@fast-check/vitest';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { expect } from 'vitest';
import type { Client } from './client.ts';
import { HAND_WRITTEN, MEMORIES, MIXED, newClient, TIES } from './sessions.ts';

/** Returns everything that a client sees at a step: the stack, and the first rows of every scope with their content. */
async function shown(client: Client): Promise<unknown> {
  const { stackFrames }: DebugProtocol.StackTraceResponse['body'] = await client.params('stackTrace', { threadId: 1 });
  const { scopes }: DebugProtocol.ScopesResponse['body'] = await client.params('scopes', { frameId: 1 });
  const seen: unknown[] = [stackFrames];
  for (const { name, variablesReference } of scopes) seen.push(name, await rows(client, variablesReference, 2));
  return seen;
}

async function rows(client: Client, reference: number, depth: number): Promise<unknown> {
  if (reference === 0 || depth === 0) return [];
  const { variables }: DebugProtocol.VariablesResponse['body'] = await client.params('variables', {
    variablesReference: reference,
    start: 0,
    count: 5,
  });
  const seen: unknown[] = [];
  for (const { variablesReference, ...row } of variables) seen.push(row, await rows(client, variablesReference, depth - 1));
  return seen;
}

const TRACES = [HAND_WRITTEN, MEMORIES, MIXED, TIES] as const;

law.prop([fc.constantFrom(...TRACES), fc.nat(10_000), fc.integer({ min: 1, max: 20 })], { numRuns: 20 })(
  'n steps forward and n back show the same',
  async (trace, start, count) => {
    const client = newClient();
    await client.launch({ trace });
    const steps = client.session.timeline?.steps ?? 0;
    const from = Math.min(start, Math.max(0, steps - count));
    await client.params('evaluate', { expression: `goto ${from}`, context: 'repl' });
    const before = await shown(client);
    const way = Math.min(count, steps - from);
    for (let step = 0; step < way; step++) await client.params('stepIn', { threadId: 1 });
    for (let step = 0; step < way; step++) await client.params('stepBackInto', { threadId: 1 });
    expect(await shown(client)).toEqual(before);
  },
);

law.prop([fc.constantFrom(...TRACES), fc.array(fc.integer({ min: 2, max: 5000 }), { minLength: 1, maxLength: 6 })], {
  numRuns: 15,
})('the breakpoints that stop on the way forward stop on the way back, in the opposite order', async (trace, lines) => {
  const client = newClient();
  await client.launch({ trace }, () =>
    client.params('setBreakpoints', { source: { path: trace }, breakpoints: lines.map((line) => ({ line })) }),
  );
  const forward = await stops(client, 'continue');
  // A breakpoint at the end is where the way back starts.
  const last = client.session.timeline?.steps;
  expect((await stops(client, 'reverseContinue')).toReversed()).toEqual(forward.filter((step) => step !== last));
});

/** Runs to the end of the trace in a direction. Returns the steps where breakpoints stop on the way. */
async function stops(client: ReturnType<typeof newClient>, request: string): Promise<readonly number[]> {
  const positions: number[] = [];
  for (;;) {
    await client.params(request, { threadId: 1 });
    if (client.lastStop()?.reason !== 'breakpoint') return positions;
    positions.push(client.session.timeline?.position ?? -1);
  }
}

const MODES = ['both', 'forward', 'reverse', undefined] as const;

interface Wanted {
  readonly kind: 'line' | 'data';
  readonly place: number;
  readonly length: number;
  readonly access: 'read' | 'write' | 'readWrite';
  readonly mode: (typeof MODES)[number];
}

const wanted: fc.Arbitrary<Wanted> = fc.record({
  kind: fc.constantFrom('line', 'data'),
  place: fc.integer({ min: 2, max: 5000 }),
  length: fc.integer({ min: 1, max: 64 }),
  access: fc.constantFrom('read', 'write', 'readWrite'),
  mode: fc.constantFrom(...MODES),
});

/** Runs through a trace with breakpoints from its start to its end, or back. Returns the steps where they stop, in ascending order. */
async function stopsOf(trace: string, breakpoints: readonly Wanted[], request: string): Promise<readonly number[]> {
  const client = newClient();
  await client.launch({ trace, step: 100 });
  const data = breakpoints.filter(({ kind }) => kind === 'data');
  const infos = [];
  for (const { place, length, access, mode } of data) {
    const { dataId } = await client.params('dataBreakpointInfo', { name: `memory 0:${place}`, asAddress: true, bytes: length });
    infos.push({ dataId, accessType: access, mode });
  }
  await client.params('evaluate', { expression: request === 'continue' ? 'goto start' : 'goto end', context: 'repl' });
  const lines = breakpoints.filter(({ kind }) => kind === 'line').map(({ place, mode }) => ({ line: place, mode }));
  await client.params('setBreakpoints', { source: { path: trace }, breakpoints: lines });
  await client.params('setDataBreakpoints', { breakpoints: infos });
  const found = await stops(client, request);
  const ends = [0, client.session.timeline?.steps ?? 0];
  return found.filter((step) => !ends.includes(step)).toSorted((left, right) => left - right);
}

law.prop([fc.array(wanted, { minLength: 1, maxLength: 5 })], { numRuns: 12 })(
  'breakpoints of all kinds stop at the same steps in both directions, each in those of its mode',
  async (breakpoints) => {
    const without = (mode: string): readonly Wanted[] =>
      breakpoints.filter((breakpoint) => breakpoint.mode !== mode).map((breakpoint) => ({ ...breakpoint, mode: 'both' }));
    const forward = await stopsOf(MEMORIES, breakpoints, 'continue');
    expect(forward).toEqual(await stopsOf(MEMORIES, without('reverse'), 'reverseContinue'));
    const backward = await stopsOf(MEMORIES, breakpoints, 'reverseContinue');
    expect(backward).toEqual(await stopsOf(MEMORIES, without('forward'), 'continue'));
  },
);
