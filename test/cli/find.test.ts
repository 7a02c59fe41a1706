import { describe, expect, test, vi } from 'vitest';
import { imageBytes } from '../fixtures.ts';
import { run, testFolder } from './in-process.ts';

vi.mock('node:worker_threads', () => import('./fake-worker.ts'));

const { image } = testFolder('find');

/** Runs the command with `--json`, and returns the objects of its lines. */
async function lines(...words: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const { stdout } = await run(...words, '--json');
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

test('text is found where it is in the file, and only there', async () => {
  const path = image('openchat-like-b128');
  const bytes = Buffer.from(imageBytes('openchat-like-b128'));
  const places: number[] = [];
  for (let place = bytes.indexOf('alpha'); place !== -1; place = bytes.indexOf('alpha', place + 5)) places.push(place);
  const found = await lines('find', path, 'alpha');
  expect(found.map(({ offset }) => offset)).toEqual(places);
  expect(found[0]).toEqual({
    offset: 65_726,
    length: 5,
    part: 'memory/3/btreemap',
    address: 190,
    state: 'live',
    text: expect.stringContaining('alpha βeta #0'),
  });
});

test('the owner and the state of what is found are those that explain tells', async () => {
  const path = image('btreemap-v2-overflow-churn');
  const found = await lines('find', path, '00 00 00 00 00 00 00 00', '--as', 'hex');
  expect(new Set(found.map(({ state }) => state))).toEqual(new Set(['live', 'free', 'residual']));
  for (const { offset, state } of found.filter((_, index) => index % 211 === 0)) {
    const [report] = await lines('explain', path, String(offset));
    const isUsed = !/"(free|unused|slack|stale|leaked|unmanaged|reserved|never written)/.test(JSON.stringify(report));
    expect([offset, state === 'live']).toEqual([offset, isUsed]);
  }
});

test.each(['openchat-like-b128', 'btreemap-v2-u64-text', 'cell-cbor'])(
  'values of %s are those that entries lists',
  async (name) => {
    const path = image(name);
    const { structures } = JSON.parse((await run('inspect', path, '--json')).stdout);
    for (const { part } of structures.slice(0, 6)) {
      const entries = await lines('entries', path, part);
      const texts = entries
        .flatMap(({ keyText, valueText }) => [keyText, valueText])
        .filter((text) => String(text ?? '').includes('a'));
      const found = await lines('find', path, 'a', '--as', 'value', '--in', part);
      expect(found.filter(({ state }) => state === 'live').map(({ text }) => text)).toEqual(texts);
      for (const { offset, part: owner } of found) expect([typeof offset, owner]).toEqual(['number', part]);
    }
  },
);

test('nothing found is no error, and a limit says so', async () => {
  const path = image('openchat-like-b128');
  expect(await run('find', path, 'not in there')).toEqual({
    status: 0,
    stdout: '',
    stderr: 'stable-memory: Nothing was found.\n',
  });
  expect(await run('find', path, 'not in there', '--json')).toEqual({ status: 0, stdout: '', stderr: '' });
  const { stdout, stderr } = await run('find', path, 'alpha', '--limit', '2');
  expect(stdout.split('\n')).toHaveLength(3);
  expect(stderr).toContain('Only the first 2 places are listed.');
});

test.each([
  [['--as', 'regex'], /--as takes text, hex, int, principal, value, key, not "regex"/],
  [['--in', 'memory/77'], /There is no part "memory\/77"\. The parts are: memory\/0/],
  [['--as', 'int'], /not a whole number/],
])('%j is refused', async (words, message) => {
  const { status, stdout, stderr } = await run('find', image('openchat-like-b128'), 'alpha', ...words);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(message);
});

describe('a key', () => {
  test.each([
    ['btreemap-v2-u64-text', 'image/btreemap'],
    ['btreemap-v2-tuples', 'memory/0/btreemap'],
    ['btreemap-v2-principal', undefined],
    ['k1e-candid-nat-keys-0-to-299', 'memory/0/btreemap'],
    ['memory-btree-order256', 'region/18'],
  ])('of %s is found as "entries" prints it, with its value', async (name, part) => {
    const path = image(name);
    const { structures } = JSON.parse((await run('inspect', path, '--json')).stdout);
    const map = part ?? structures[0].part;
    const entries = await lines('entries', path, map);
    for (const entry of entries.filter((_, index) => index % Math.ceil(entries.length / 5) === 0)) {
      const [line, ...more] = await lines('find', path, String(entry['keyText']), '--as', 'key', '--in', map);
      expect(more).toEqual([]);
      expect(line).toMatchObject({ outcome: 'found', text: entry['keyText'], key: entry['key'], state: 'live' });
      expect(line?.['value']).toMatchObject({ text: entry['valueText'], address: entry['address'] });
      const [byBytes] = await lines('find', path, `0x${entry['key']}`, '--as', 'key', '--in', map);
      expect(byBytes?.['path']).toEqual(line?.['path']);
    }
  });

  test('that is not there is absent, with the path and the keys around it', async () => {
    const { status, stdout } = await run('find', image('btreemap-v2-u64-text'), '324739514459', '--as', 'key');
    expect(status).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "Lookup of 324739514459 in image/btreemap. Keys are u64-be (a guess), in the order of u64-be.
      root 0x196b4  (internal node at depth 1 with 3 keys)
        324739514459 < 509095793513  (key 1 at 0x196eb)
        324739514459 < 509095793513  (key 1 at 0x196eb)
        324739514459 > 272199391472  (key 0 at 0x196e3)
        then child 1  (0x34d74)
      node 0x34d74  (internal node at depth 2 with 5 keys)
        324739514459 < 390869581167  (key 2 at 0x34dc3)
        324739514459 < 363735691480  (key 1 at 0x34dbb)
        324739514459 < 363735691480  (key 1 at 0x34dbb)
        324739514459 > 311549890017  (key 0 at 0x34db3)
        then child 1  (0x255a4)
      node 0x255a4  (internal node at depth 3 with 10 keys)
        324739514459 < 335396864184  (key 5 at 0x25633)
        324739514459 > 324739514458  (key 2 at 0x2561b)
        324739514459 < 329241759730  (key 3 at 0x25623)
        324739514459 < 329241759730  (key 3 at 0x25623)
        324739514459 > 324739514458  (key 2 at 0x2561b)
        then child 3  (0x33924)
      node 0x33924  (leaf at depth 4 with 5 keys)
        324739514459 < 328173282758  (key 2 at 0x33943)
        324739514459 < 327661498733  (key 1 at 0x3393b)
        324739514459 < 327661498733  (key 1 at 0x3393b)
        324739514459 < 325644187880  (key 0 at 0x33933)
      absent: it would be between these two keys
        key 324739514458  (u64-be, 8 bytes at 0x2561b of image, offset 0x2561b)
        key 325644187880  (u64-be, 8 bytes at 0x33933 of image, offset 0x33933)
      "
    `);
  });

  test('whose path is damaged says where and why, and fails', async () => {
    const path = image('corrupt-btree-child-outside');
    const [line] = await lines('find', path, '6560', '--as', 'key', '--in', 'memory/0');
    const { status, stdout } = await run('find', path, '6560', '--as', 'key', '--in', 'memory/0');
    expect([status, line?.['outcome'], line?.['broken']]).toEqual([
      1,
      'broken',
      expect.objectContaining({ code: 'btree.address-outside' }),
    ]);
    expect(stdout).toContain('The path breaks here: Node 0x10000000000 is outside the memory');
  });

  test('to which the lookup does not lead is named', async () => {
    const path = image('corrupt-btree-keys-unsorted');
    const [line] = await lines('find', path, '6910', '--as', 'key', '--in', 'memory/0');
    expect(line).toMatchObject({ outcome: 'absent', elsewhere: 440 });
  });

  test('is decoded with the codec that is named', async () => {
    const words = ['find', image('btreemap-v2-u64-text'), '0000004b9bfbc05a', '--as', 'key', '--key', 'bytes'];
    expect((await lines(...words))[0]).toMatchObject({ outcome: 'found', keyCodec: 'bytes', order: 'bytes' });
  });

  test.each([
    ['btreemap-v2-u64-text', ['0x00'], /"0x00" has 1 byte, but each key of image\/btreemap has 8 bytes/],
    ['btreemap-v2-u64-text', ['alice'], /"alice" is not a key of image\/btreemap, whose keys are u64-be/],
    ['btreemap-v2-tuples', ['x'], /--in PART. Name one of memory\/0\/btreemap, memory\/1\/btreemap/],
    ['openchat-like-b128', ['x', '--in', 'memory/1'], /The Log in memory 1 has no keys to look up/],
    ['cell-cbor', ['x'], /No map or set was recognised in this snapshot/],
  ])('in %s: %j is refused', async (name, words, message) => {
    const { status, stdout, stderr } = await run('find', image(name), ...words, '--as', 'key');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });
});
