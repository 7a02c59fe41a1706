import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { newClient } from './sessions.ts';

const folder = mkdtempSync(join(tmpdir(), 'lifetime-commands-'));
afterAll(() => rmSync(folder, { recursive: true }));

const path = join(folder, 'small.smtrace.jsonl');
writeFileSync(
  path,
  `{"magic": "ic-stable-trace", "version": 1, "producer": "test"}
[0, 1, "put"]
[0, 2, "remove"]
[0, 3, "main"]
[0, 4, "add"]
[14, 1, 0, 3]
[14, 2, 1, 4]
[3, 1, 3, 1, {"region": 16}]
[4, 0, 2, 0]
[1, 1, 1, 1]
[7, 1, 0, 64, null, 2]
[7, 1, 64, 32]
[5, 0, 4090, {"h": "0102030405060708"}]
[8, 1, 64, 32]
[2, 1, 0]
[1, 2, 1, 2]
[7, 1, 64, 16]
[5, 0, 0, {"h": "01"}]
[2, 2, 2]
[7, 1, 96, 16]
[8, 1, 96, 16]
[7, 1, 96, 8]
`,
);

async function ask(expression: string): Promise<string> {
  const client = newClient();
  await client.launch({ trace: path });
  const { result } = await client.params('evaluate', { expression, context: 'repl' });
  return result;
}

test.each([
  ['high-water', 'memory blocks of region 16: at most 96 B in 2 blocks were live, at step 3.'],
  [
    'alive',
    `memory blocks of region 16: 2 blocks (72 B) are live at the end.
  1 block, 64 B  update put
  1 block, 8 B  outside of messages`,
  ],
  [
    ' ALIVE by stack ',
    `memory blocks of region 16: 2 blocks (72 B) are live at the end.
  1 block, 64 B  main › add
  1 block, 8 B  no call stack`,
  ],
  // The block of the message that trapped was undone and not freed.
  [
    'short-lived',
    `memory blocks of region 16: 1 of 5 blocks (32 B) was freed by the message that allocated them.
  1 block, 32 B  update put`,
  ],
  [
    'short-lived 1',
    `memory blocks of region 16: 1 of 5 blocks (16 B) was freed within 1 step.
  1 block, 16 B  outside of messages`,
  ],
  [
    'pages',
    `2 messages of this trace write to a memory. Most pages of 4 KiB:
  2 pages  update put, steps 2 to 5
  1 page  update remove, steps 6 to 8`,
  ],
])('%s', async (question, answered) => {
  expect(await ask(question)).toBe(answered);
});

test.each([
  ['high-water 3', 'Write high-water alone.'],
  ['alive by size', 'Write alive, alive by message, or alive by stack.'],
  ['short-lived forever', 'Write short-lived, or short-lived 100 for a number of steps.'],
])('%s is refused', async (question, message) => {
  await expect(ask(question)).rejects.toThrow(message);
});

test('the commands are in the help and are completed', async () => {
  expect(await ask('help')).toContain('short-lived 100');
  const client = newClient();
  await client.launch({ trace: path });
  const { targets } = await client.params('completions', { text: 'short', column: 6 });
  expect(targets.map(({ label }: { label: string }) => label)).toEqual(['short-lived']);
});
