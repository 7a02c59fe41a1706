import type { DebugProtocol } from '@vscode/debugprotocol';
import { expect, test } from 'vitest';
import type { Client } from './client.ts';
import { HAND_WRITTEN, newClient, TIES } from './sessions.ts';
import { traceFolder } from './written-trace.ts';

const { writtenTrace } = traceFolder();

/** The lines that a session wrote, with their place in the trace. */
function written(client: Client): readonly string[] {
  const outputs: DebugProtocol.OutputEvent['body'][] = client.events
    .filter(({ event }) => event === 'output')
    .map(({ body }) => body);
  return outputs.filter(({ line }) => line !== undefined).map(({ line, output }) => `${line}: ${output.trimEnd()}`);
}

async function say(client: Client, expression: string): Promise<string> {
  return (await client.params('evaluate', { expression, context: 'repl' })).result;
}

test.each([
  ['log {size} at {address} if operation == allocate && size > 100', ['10: 128 B at 0x0 (0)', '12: 256 B at 0xc0 (192)']],
  ['log {operation} if step > 12', ['26: allocate 64 B → 0x190', '27: deallocate 0x80 +16']],
  ['log once if step == 3', ['12: once']],
  ['log what if it is if step == 3', ['12: what if it is']],
  ['log {free.largest} if operation == deallocate', ['13: 64 B', '27: 144 B']],
  ['log x if size > 1000', []],
])('%s', async (command, lines) => {
  const client = newClient();
  await client.launch({ trace: HAND_WRITTEN, step: 7 });
  const count = lines.length === 1 ? '1 line' : `${lines.length} lines`;
  expect(await say(client, command)).toBe(`${count} over 14 steps.`);
  expect(written(client)).toEqual(lines);
  // The debugger is where it was.
  expect(client.session.timeline?.position).toBe(7);
  expect(client.steps()).toBe(1);
});

test('log alone writes the lines of all log points, and does not count hits', async () => {
  const client = newClient();
  await client.launch({ trace: HAND_WRITTEN, step: 7 }, () =>
    client.params('setFunctionBreakpoints', {
      breakpoints: [
        { name: 'allocate', logMessage: 'a{size}', hitCondition: '% 3' },
        { name: 'write', condition: 'size > 1' },
      ],
    }),
  );
  for (let time = 0; time < 2; time++) expect(await say(client, 'log')).toBe('2 lines over 14 steps.');
  expect(written(client)).toEqual(['12: a256 B', '26: a64 B', '12: a256 B', '26: a64 B']);
  expect(await client.params('log')).toMatchObject({ result: '2 lines over 14 steps.' });
  expect(await client.params('log', { message: 'm', condition: 'step == 1' })).toMatchObject({ result: '1 line over 14 steps.' });
});

test.each([
  ['log', 'There are no log points. Add one to a line, or write a message'],
  ['log {sise}', '“sise” is not a name here.'],
  ['log x if size >', 'The expression ends where a value is expected.'],
])('%s is refused', async (command, sentence) => {
  const client = newClient();
  await client.launch({ trace: HAND_WRITTEN });
  expect(await client.refusal('evaluate', { expression: command, context: 'repl' })).toContain(sentence);
});

test('the lines are bounded, and the trace can be stepped through meanwhile', async () => {
  const client = newClient();
  const steps = Array.from({ length: 10_500 }, (_, step) => `[5, 0, ${step}, {"h": "01"}]`);
  await client.launch({ trace: writtenTrace('[4, 0, 1, 0]', ...steps) });
  const logging = say(client, 'log {step} if operation == write');
  await client.params('next', { threadId: 1 });
  expect(client.session.timeline?.position).toBe(1);
  expect(await logging).toBe('These are the first 10,000 lines. There are more after step 10,001: add a condition.');
  expect(written(client)).toHaveLength(10_000);
});

test('it can be cancelled', async () => {
  const client = newClient();
  await client.launch({ trace: TIES });
  const logging = client.request('evaluate', { expression: 'log {size}', context: 'repl' });
  await client.params('cancel', { requestId: client.lastRequest });
  expect((await logging).body.result).toMatch(/^Cancelled after step [\d,]+: [\d,]+ lines? so far\.$/);
});
