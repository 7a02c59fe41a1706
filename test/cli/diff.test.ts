/** Tests what `diff` prints, and how it ends. */
import { expect, test, vi } from 'vitest';
import { imageBytes } from '../fixtures.ts';
import { run, testFolder } from './in-process.ts';

vi.mock('node:worker_threads', () => import('./fake-worker.ts'));

const { image, put } = testFolder('diff');
const [before, after] = [image('a-before'), image('a-after')];

test('prints what differs, structure by structure', async () => {
  const { status, stdout, stderr } = await run('diff', before, after);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatchInlineSnapshot(`
    "before  a-before.bin · 1.6 MiB · MemoryManager 1 · 6 memories · 6 buckets of 256 KiB
    after   a-after.bin · 1.6 MiB · MemoryManager 1 · 6 memories · 6 buckets of 256 KiB

    22 entries added, 6 entries removed, 10 entries changed.

    Structures
         part               kind      added  removed  changed  length
      ~  memory/0/btreemap  BTreeMap     10        5        7  1,000 → 1,005
      ~  memory/1/btreemap  BTreeMap      3        1        0  250 → 252
      ~  memory/2/vec       Vec           5        0        2  1,000 → 1,005
      ~  memory/3/log       Log           4        0        0  500 → 504
      ~  memory/5/cell      Cell          0        0        1  1

    Bytes
               before      after     change
      live  266.2 KiB  255.2 KiB  -11.1 KiB
      free  309.8 KiB  320.8 KiB  +11.1 KiB

    Bytes by owner
      memory/0  live -11.2 KiB, free +11.2 KiB
      memory/4  live +48 B, free -48 B
      memory/2  live +40 B, free -40 B
      memory/3  live +32 B, free -32 B
      memory/5  live -1 B, free +1 B
    "
  `);
});

test('prints the same as JSON', async () => {
  const { status, stdout } = await run('diff', before, after, '--json');
  const report = JSON.parse(stdout);
  expect([status, report.schema, report.same, report.identical, report.complete]).toEqual([
    0,
    'stable-memory/diff/1',
    false,
    false,
    true,
  ]);
  expect(report.structures[0]).toEqual({
    part: 'memory/0/btreemap',
    kind: 'btreemap',
    change: 'changed',
    added: 10,
    removed: 5,
    changed: 7,
    lengthBefore: '1000',
    lengthAfter: '1005',
  });
  expect([report.memories, report.findings]).toEqual([[], { new: [], gone: [], kept: report.findings.kept }]);
  const { before: old, after: now, difference, owners } = report.usage;
  expect([difference.live, old.bytes, now.bytes]).toEqual([now.live - old.live, 1_638_400, 1_638_400]);
  const sum = (side: 'before' | 'after'): number =>
    owners.reduce((all: number, owner: Record<typeof side, { bytes: number }>) => all + owner[side].bytes, 0);
  expect([sum('before'), sum('after')]).toEqual([old.bytes, now.bytes]);
});

test('lists the entries that differ, with the parts that changed', async () => {
  const { stdout } = await run('diff', before, after, '--entries', '--limit', '3');
  expect(stdout.slice(stdout.indexOf('\n\nmemory/0'))).toMatchInlineSnapshot(`
    "

    memory/0/btreemap
      + 5: new 0
      + 15: new 1
      + 25: new 2
      … and 19 other differences

    memory/1/btreemap
      - user-00000: 0641804e2a24049f
      + zz-new-0: 0000000000
      + zz-new-1: 0101010101
      … and 1 other difference

    memory/2/vec
      ~ 1: 3 → 777
      ~ 5: 15 → 999
      + 1000: 1000000
      … and 4 other differences

    memory/3/log
      + 500: late event 0
      + 501: late event 1
      + 502: late event 2
      … and 1 other difference

    memory/5/cell
      ~ 0: .version 1 → 2, .paused false → true
    "
  `);
});

test('lists entries as JSON, a line each', async () => {
  const { stdout } = await run('diff', before, after, '--entries', '--json');
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const counts = Map.groupBy(lines, ({ part, change }) => `${part} ${change}`);
  expect(Object.fromEntries([...counts].map(([name, { length }]) => [name, length]))).toEqual({
    'memory/0/btreemap added': 10,
    'memory/0/btreemap changed': 7,
    'memory/0/btreemap removed': 5,
    'memory/1/btreemap added': 3,
    'memory/1/btreemap removed': 1,
    'memory/2/vec added': 5,
    'memory/2/vec changed': 2,
    'memory/3/log added': 4,
    'memory/5/cell changed': 1,
  });
  expect(
    lines.filter(({ part, change }) => part === 'memory/2/vec' && change === 'changed').map(({ after: now }) => now.index),
  ).toEqual([1, 5]);
  expect(lines.find(({ keyText }) => keyText === '5')).toEqual({
    part: 'memory/0/btreemap',
    change: 'added',
    key: '0000000000000005',
    keyText: '5',
    keyCodec: 'u64-be',
    after: expect.objectContaining({ value: '6e65772030', valueText: 'new 0', valueCodec: 'text' }),
  });
  expect(lines.at(-1).parts).toEqual([
    { part: '.version', before: '1', after: '2' },
    { part: '.paused', before: 'false', after: 'true' },
  ]);
});

test('compares only the named part', async () => {
  const { stdout } = await run('diff', before, after, '--part', 'memory/2', '--json');
  const { structures, usage } = JSON.parse(stdout);
  expect([structures.length, structures[0].part, usage.before.bytes]).toEqual([1, 'memory/2/vec', 262_144]);
});

test('the exit status says whether they differ, if it is asked to', async () => {
  expect((await run('diff', before, after, '--exit-code')).status).toBe(1);
  expect((await run('diff', before, before, '--exit-code')).status).toBe(0);
  // A snapshot that is cut may be the same or not.
  const cut = put('cut.bin', imageBytes('a-before').subarray(0, 1_600_000));
  expect((await run('diff', before, cut, '--exit-code')).status).toBe(1);
  const { status, stderr } = await run('diff', before, '/nowhere', '--exit-code');
  expect([status, stderr]).toEqual([2, 'stable-memory: There is no file or folder /nowhere.\n']);
});

test('a structure of another kind in its place is said first', async () => {
  const other = Uint8Array.from(imageBytes('a-after'));
  // The Vec of memory 2 is in the third bucket. A cell takes its place.
  other.set([0x53, 0x43, 0x4c, 1, 2, 0, 0, 0, 0x6f, 0x6b], 65_536 + 2 * 262_144);
  const { stdout } = await run('diff', before, put('other.bin', other));
  expect(stdout).toContain('memory/2 held a Vec. Now it holds a Cell.');
  expect(stdout).toContain('memory/2  held vec, now holds cell');
});

test('for Git, a file that is not there is an empty memory', async () => {
  const { status, stdout } = await run('diff', '/dev/null', after);
  expect([status, stdout.split('\n')[3]]).toEqual([0, '2,767 entries added.']);
});

test.each([
  ['--part', 'memory/77', 'Neither snapshot has a part "memory/77". "inspect" lists them.'],
  ['--key', 'text', 'Say with --part which structure the codecs are for.'],
])('%s %s cannot be used', async (option, value, message) => {
  const { status, stderr } = await run('diff', before, after, option, value);
  expect([status, stderr]).toEqual([2, `stable-memory: ${message}\n`]);
});

test('memories that came and went are listed with their size', async () => {
  const { stdout } = await run('diff', image('mm-basic'), image('mm-default-bucket'));
  const lines = stdout.split('\n');
  expect(lines.slice(lines.indexOf('Memories'), lines.indexOf('Bytes') - 1)).toEqual([
    'Memories',
    '  memory/0    gone, had 1 page in 1 bucket',
    '  memory/1    gone, had 30 pages in 15 buckets',
    '  memory/7    gone, had 9 pages in 5 buckets',
    '  memory/100  gone, had 35 pages in 18 buckets',
    '  memory/254  gone, had 4 pages in 2 buckets',
    '  memory/3    new, 3 pages in 1 bucket',
  ]);
});

test('findings that are new are listed, and what damage hides is said', async () => {
  const { stdout } = await run('diff', image('corrupt-base'), image('corrupt-btree-child-cycle'));
  expect(stdout).toContain('  memory/0/btreemap: Damage hides a part of it: "check" says where.');
  expect(stdout).toContain('450     not complete');
  expect(stdout).toContain('entries; 445 can be reached.  [btree.length]');
});
