import { expect, test } from 'vitest';
import { traceTextUri } from '../../../servers/open-files/trace-uri.ts';
import { Traces } from '../../../servers/open-files/traces.ts';
import { MIXED, newClient } from './sessions.ts';

interface Top {
  readonly line: number;
  readonly source: { readonly path: string };
}

/** The text of the trace is in four parts, the steps 2996 to 5995 in the second one. */
const PARTS = new Traces({ partLines: 3000 });
const part = (number: number): string => traceTextUri(MIXED, number);

async function start() {
  const client = newClient(60_000, PARTS);
  await client.launch({ trace: MIXED });
  const top = async (): Promise<Top> => {
    const { stackFrames } = await client.params('stackTrace', { threadId: 1 });
    return { line: stackFrames[0].line, source: { path: stackFrames[0].source.path } };
  };
  const goTo = (step: number) => client.params('evaluate', { expression: `goto ${step}`, context: 'repl' });
  return { client, top, goTo };
}

test('the frame of a step names the part that shows it', async () => {
  const { top, goTo } = await start();
  const paths: string[] = [];
  for (const step of [1, 4000, 7000, 10_000]) {
    await goTo(step);
    paths.push((await top()).source.path);
  }
  expect(paths).toEqual([1, 2, 3, 4].map(part));
});

test('breakpoints of one part stay when those of another part change, and each stops at its step', async () => {
  const { client, top, goTo } = await start();
  const places: Top[] = [];
  for (const step of [100, 4000, 9000]) {
    await goTo(step);
    places.push(await top());
  }
  for (const { line, source } of places) {
    const { breakpoints } = await client.params('setBreakpoints', { source, breakpoints: [{ line }] });
    expect(breakpoints).toMatchObject([{ verified: true, line }]);
  }
  await goTo(0);
  const stops: Top[] = [];
  for (const _ of places) {
    await client.params('continue', { threadId: 1 });
    stops.push(await top());
  }
  expect(stops).toEqual(places);
  await client.params('setBreakpoints', { source: { path: part(2) }, breakpoints: [] });
  await client.params('reverseContinue', { threadId: 1 });
  expect(await top()).toEqual(places[0]);
});

test('the line that leads to the next part stops at its first step', async () => {
  const { client, top } = await start();
  const source = { path: part(1) };
  const { breakpoints } = await client.params('setBreakpoints', { source, breakpoints: [{ line: 3001 }] });
  expect(breakpoints).toMatchObject([{ verified: true, line: 3001 }]);
  await client.params('continue', { threadId: 1 });
  expect(await top()).toEqual({ line: 2, source: { path: part(2) } });
});
