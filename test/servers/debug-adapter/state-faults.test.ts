import { expect, test } from 'vitest';
import { newClient } from './sessions.ts';
import { traceFolder } from './written-trace.ts';

const { writtenTrace } = traceFolder();

const HEADER = `4d47520100000100${'00'.repeat(32)}${'00'.repeat(255 * 8)}`;

/** A manager whose table is damaged at step 4, a wrong checkpoint after step 2, and a block that is live at the end. */
const trace = writtenTrace(
  '[0, 1, "region 16"]',
  '[3, 1, 3, 1, {"region": 16}]',
  '[4, 0, 1, 0]',
  `[5, 0, 0, {"h": "${HEADER}${'ff'.repeat(32_768)}"}]`,
  `[12, 0, 1, {"h": "${'00'.repeat(32)}"}]`,
  '[5, 0, 40000, {"h": "01"}]',
  '[5, 0, 2080, {"h": "07"}]',
  '[7, 1, 0, 64]',
  '[7, 1, 64, 8]',
);

test.each([
  ['trace.leak', undefined, 6, 'At the end of the trace, 2 blocks of region 16, 72 bytes, are still live.'],
  ['trace.metadata', undefined, 4, 'Step 4 wrote 0x820 + 1 and damaged the tables of the memory. '],
  ['trace.metadata', 'address == 0x820', 4, 'Step 4 wrote 0x820 + 1'],
  ['trace.checkpoint', undefined, 2, 'The memory after step 2 should have the SHA-256 0000'],
])('stops at %s if %s: step %d', async (filterId, condition, step, text) => {
  const client = newClient();
  await client.launch({ trace }, () =>
    client.params('setExceptionBreakpoints', { filters: [], filterOptions: [{ filterId, condition }] }),
  );
  for (const request of ['continue', 'reverseContinue']) {
    await client.params('evaluate', { expression: request === 'continue' ? 'goto start' : 'goto end', context: 'repl' });
    // The last step is where the way back starts.
    if (request === 'reverseContinue' && step === 6) return;
    await client.params(request, { threadId: 1 });
    expect(client.lastStop()).toMatchObject({ reason: 'exception', text: expect.stringContaining(text) });
    expect(client.session.timeline?.position).toBe(step);
    const { description } = await client.params('exceptionInfo', { threadId: 1 });
    expect(description).toContain(text);
  }
});

test('a condition that does not hold does not stop', async () => {
  const client = newClient();
  await client.launch({ trace }, () =>
    client.params('setExceptionBreakpoints', {
      filters: [],
      filterOptions: [{ filterId: 'trace.metadata', condition: 'size > 1' }],
    }),
  );
  await client.params('continue', { threadId: 1 });
  expect(client.lastStop()).toMatchObject({ reason: 'step', description: 'End of trace' });
});
