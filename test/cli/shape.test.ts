/** Tests what `shape` prints, and how it ends. */
import { expect, test, vi } from 'vitest';
import { run, testFolder } from './in-process.ts';

vi.mock('node:worker_threads', () => import('./fake-worker.ts'));

const { image } = testFolder('shape');

test('prints levels, overflow pages, the largest entries and key prefixes', async () => {
  const { status, stdout, stderr } = await run('shape', image('openchat-like-b128'), 'memory/3');
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout.split('\n').slice(0, 3)).toEqual([
    'memory/3/btreemap: BTreeMap',
    '2,767 entries, with 22.2 KiB of keys and 511.6 KiB of values',
    '430 nodes on 4 levels take 753.6 KiB; 77.0 % of that is in use',
  ]);
  expect(stdout).toMatchInlineSnapshot(`
    "memory/3/btreemap: BTreeMap
    2,767 entries, with 22.2 KiB of keys and 511.6 KiB of values
    430 nodes on 4 levels take 753.6 KiB; 77.0 % of that is in use

    Levels, from the root down
      level  nodes  entries  fill                             bytes  in use
          0      1        5  █████▌······         5 of 11     1 KiB  ██████████▍·  86.3 %
          1      6       44  ████████····        44 of 66  11.2 KiB  █████████▏··  76.0 %
          2     50      323  ███████·····      323 of 550  92.4 KiB  ████████▉···  74.2 %
          3    373    2,395  ███████·····  2,395 of 4,103   649 KiB  █████████▎··  77.4 %

    Overflow pages
      254 nodes continue in 312 overflow pages of 316.9 KiB; the longest chain has 3.
        chain      nodes
       1 page  210 nodes  █████████▉··
      2 pages   30 nodes  █▍··········
      3 pages   14 nodes  ▋···········

    Largest entries
        bytes  in key  in value  number  address  key
      2.8 KiB    13 B   2.8 KiB   2,097  0x6a848  030000000000000003000006b6
      2.7 KiB    13 B   2.7 KiB   2,324  0x5713d  03000000000000000500000530
      2.7 KiB    13 B   2.7 KiB   1,966  0x1f684  030000000000000002000005e3
      2.7 KiB     5 B   2.7 KiB     731  0x546c5  020000052a
      2.7 KiB     5 B   2.7 KiB     137  0x105c4  02000000f2
      2.6 KiB     5 B   2.6 KiB   1,161  0x7e16e  0200000837
      2.5 KiB    13 B   2.5 KiB   2,051  0x27ca9  03000000000000000300000241
      2.4 KiB    13 B   2.4 KiB   2,069  0x44049  030000000000000003000003fa
      2.2 KiB     5 B   2.2 KiB     768  0x596d8  020000056e
      2.2 KiB    13 B   2.2 KiB   2,676  0x80cd0  0600000000000000040000079d

    Bytes by key prefix (keys as bytes, a guess, by leading bytes)
          bytes                         keys  prefix
      313.9 KiB  58.8 %  ███████·····  1,661  0x020000
       30.4 KiB   5.7 %  ▋···········    142    0x02000005
       29.4 KiB   5.5 %  ▋···········    147    0x02000000
       28.7 KiB   5.4 %  ▋···········    142    0x02000007
       27.5 KiB   5.1 %  ▋···········    142    0x02000003
       27.2 KiB   5.1 %  ▋···········    139    0x02000001
         27 KiB   5.1 %  ▋···········    141    0x02000008
       26.1 KiB   4.9 %  ▋···········    140    0x02000002
       25.2 KiB   4.7 %  ▋···········    139    0x02000009
       24.8 KiB   4.6 %  ▌···········    139    0x02000006
       24.7 KiB   4.6 %  ▌···········    143    0x0200000a
       42.9 KiB   8.0 %  █···········    247    … 2 others
      171.1 KiB  32.0 %  ███▉········    853  0x0300000000000000
       27.6 KiB   5.2 %  ▋···········    121    0x0300000000000000030000
       26.9 KiB   5.0 %  ▋···········    122    0x0300000000000000040000
       25.7 KiB   4.8 %  ▋···········    122    0x0300000000000000020000
       24.7 KiB   4.6 %  ▌···········    122    0x0300000000000000010000
       23.8 KiB   4.5 %  ▌···········    121    0x0300000000000000050000
       21.2 KiB   4.0 %  ▌···········    123    0x0300000000000000000000
       21.1 KiB   3.9 %  ▌···········    122    0x0300000000000000060000
       48.8 KiB   9.1 %  █▏··········    253  0x0600000000000000040000
    "
  `);
});

test('prints the same as JSON', async () => {
  const { status, stdout } = await run('shape', image('openchat-like-b128'), 'memory/3', '--json', '--prefix-depth', '1');
  const report = JSON.parse(stdout);
  expect([status, report.schema, report.part, report.complete, report.length]).toEqual([
    0,
    'stable-memory/shape/1',
    'memory/3/btreemap',
    true,
    '2767',
  ]);
  expect(report.levels[0]).toEqual({ nodes: 1, entries: 5, filled: 5, room: 11, bytes: 1040, used: 897 });
  expect(report.prefixes).toMatchObject({ grouping: { by: 'bytes' }, codec: 'bytes', guessed: true, depth: 1, shared: '' });
  expect(report.prefixes.groups[0]).toEqual({
    prefix: '0x020000',
    keys: 1661,
    keyBytes: 8305,
    valueBytes: 313_134,
    bytes: 321_439,
    groups: [],
  });
});

test('takes a codec and separators for the keys', async () => {
  const path = image('openchat-like-b128');
  const decoded = await run('shape', path, 'memory/4', '--key', 'bytes', '--json');
  expect(JSON.parse(decoded.stdout).prefixes).toMatchObject({ codec: 'bytes', guessed: false });
  const split = await run('shape', path, 'memory/4', '--separators', '-', '--json');
  expect(JSON.parse(split.stdout).prefixes.grouping).toEqual({ by: 'separators', separators: '-' });
  const letters = await run('shape', path, 'memory/4', '--separators', '', '--json');
  expect(JSON.parse(letters.stdout).prefixes.grouping).toEqual({ by: 'characters' });
});

test('says what damage hides, and ends with status 1', async () => {
  const { status, stdout } = await run('shape', image('corrupt-btree-child-outside'), 'memory/0');
  expect(status).toBe(1);
  expect(stdout).toContain('445 entries (the header counts 450)');
  expect(stdout).toContain('These figures are not complete. Damage hides a part of the tree: "check" says where.');
});

test.each([
  [['memory/8'], 'There is no structure "memory/8".'],
  [['memory/1'], 'memory/1/vec is not a tree whose nodes can be reached. Maps and sets are: memory/0/btreemap'],
  [['memory/0', '--prefix-depth', '0'], '--prefix-depth takes a number from 1 to 8, not 0.'],
  [['memory/0', '--key', 'nonsense'], 'There is no codec "nonsense".'],
])('refuses %j in a sentence', async (words, sentence) => {
  const { status, stdout, stderr } = await run('shape', image('corrupt-base'), ...words);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain(sentence);
});
