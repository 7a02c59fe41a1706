import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test, vi } from 'vitest';
import { moduleWith } from '../engine/motoko/module.ts';
import { overlayBytes } from '../engine/replica/overlay-bytes.ts';
import { imageBytes } from '../fixtures.ts';
import { run, testFolder } from './in-process.ts';

vi.mock('node:worker_threads', () => import('./fake-worker.ts'));

const FIXTURES = join(import.meta.dirname, '../fixtures');
const { folder, put, image } = testFolder('command-line');

const trace = (name: string): string => join(FIXTURES, 'traces', `${name}.jsonl.gz`);

/** Returns the refusal of unusable input: one line on stderr without a stack trace, and exit status 2. */
async function refusal(...words: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await run(...words);
  expect([status, stdout, stderr.trim().split('\n').length]).toEqual([2, '', 1]);
  return stderr;
}

test('inspect has the schema and all bytes', async () => {
  const report = JSON.parse((await run('inspect', image('mm-basic'), '--json')).stdout);
  expect(report).toMatchObject({ schema: 'stable-memory/inspect/1', layout: 'memory-manager', bytes: 5_439_488, pages: 83 });
});

test('check exits with 1 if there is an error, else with 0', async () => {
  const damaged = await run('check', image('corrupt-btree-len'), '--json');
  expect([damaged.status, JSON.parse(damaged.stdout).findings[0].code]).toEqual([1, 'btree.length']);
  expect((await run('check', image('corrupt-base'))).status).toBe(0);
});

test('a value saved by an upgrade hook is inspected, and listed part by part', async () => {
  const path = image('openchat-like-b128');
  const { structures } = JSON.parse((await run('inspect', path, '--json')).stdout);
  expect(structures[0]).toMatchObject({ part: 'memory/0/upgrade-dump', encoding: 'cbor', framing: 'none', size: 28_699 });
  const [line] = (await run('entries', path, 'memory/0', '--from', '1', '--limit', '1', '--json')).stdout.split('\n');
  expect(JSON.parse(line ?? '')).toMatchObject({
    path: 'key',
    valueText: '"members"',
    valueCodec: 'cbor',
    value: '676d656d62657273',
  });
});

test('entries that a map no longer reaches are listed with their chunks', async () => {
  const path = image('leak-v063-overflow');
  const lines = (await run('entries', path, 'memory/0', '--stale', '--limit', '400', '--json')).stdout.trim().split('\n');
  const origins = new Set(lines.map((line) => JSON.parse(line).origin));
  expect(origins).toContain('leaked');
  expect((await run('entries', path, 'memory/0', '--stale', '--limit', '1')).stdout).toMatch(/ chunk 0x[0-9a-f]+, /);
  expect(await refusal('entries', image('cell-cbor'), 'memory/1', '--stale')).toContain(
    'no elements in bytes that it no longer uses',
  );
});

test('explain takes hex and decimal', async () => {
  const path = image('mm-basic');
  expect((await run('explain', path, '0x20000', '--json')).stdout).toBe((await run('explain', path, '131072', '--json')).stdout);
});

test('entries are one line each, within the requested range', async () => {
  const lines = (await run('entries', image('btreemap-v2-u64-text'), 'image', '--from', '2', '--limit', '3', '--json')).stdout;
  const entries = lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(entries.map((entry) => [entry.index, entry.keyCodec, entry.guessed])).toEqual(
    [2, 3, 4].map((index) => [index, 'u64-be', true]),
  );
  const named = await run(
    'entries',
    image('btreemap-v2-u64-text'),
    'image/btreemap',
    '--limit',
    '1',
    '--key',
    'bytes',
    '--value',
    'text',
    '--json',
  );
  expect(JSON.parse(named.stdout)).not.toHaveProperty('guessed');
});

test('guesses and empty values are marked', async () => {
  const path = image('btreemap-v2-u64-text');
  const guessed = (await run('entries', path, 'image', '--limit', '2')).stdout.trim().split('\n');
  for (const line of guessed) expect(line).toMatch(/\tguessed: key u64-be, value text$/);
  expect((await run('entries', path, 'image', '--limit', '1', '--value', 'text')).stdout).toMatch(/\tguessed: key u64-be\n$/);
  expect((await run('entries', path, 'image', '--limit', '1', '--key', 'u64-be', '--value', 'text')).stdout).not.toContain(
    'guessed',
  );
  const log = (await run('entries', image('k3b-log-with-empty-entries'), 'memory/0', '--limit', '1')).stdout;
  expect(log).toBe('0\t(empty)\tguessed: value bytes\n');
});

test('values in two encodings are counted', async () => {
  const lines = (await run('entries', image('k8b-candid-then-cbor'), 'memory/0')).stdout.trim().split('\n');
  expect(lines[0]).toMatch(/guessed: key u64-be, value candid$/);
  expect(lines.at(-1)).toBe('The values use 2 encodings: 12 values in candid, 28 values in cbor.');
});

test('a trace of another format is imported, and replays to the image of the real library', async () => {
  const output = join(folder, 'memory.smtrace');
  expect((await run('import', trace('trace-main-memory'), '-o', output)).status).toBe(0);
  expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  const expected = JSON.parse(readFileSync(join(FIXTURES, 'traces', 'trace-main-memory.json'), 'utf8'));
  const picture = join(folder, 'image.bin');
  const state = JSON.parse((await run('replay', output, '--image', picture, '--json')).stdout);
  expect([state.pages, state.sha256]).toEqual([expected.image.pages, expected.image.sha256]);
  expect(createHash('sha256').update(readFileSync(picture)).digest('hex')).toBe(expected.image.sha256);
  const memories = state.spaces.map((space: { id: number; pages: number; sha256: string }) => [
    space.id,
    { pages: space.pages, sha256: space.sha256 },
  ]);
  expect(Object.fromEntries(memories)).toEqual(expected.memories);
});

test('ways to reuse buckets are compared', async () => {
  const events = [
    [0, 1, 'memory'],
    [3, 1, 1, 1, { memory: 0, bucketPages: 1 }],
    [3, 2, 1, 1, { memory: 1, bucketPages: 1 }],
    [4, 1, 2, 0],
    [4, 2, 1, 0],
    [10, 1],
    [4, 2, 3, 1],
  ];
  const header = { magic: 'ic-stable-trace', version: 1, producer: 'test' };
  const file = put('reuse.smtrace.jsonl', [header, ...events].map((line) => `${JSON.stringify(line)}\n`).join(''));
  const { steps, reuse } = JSON.parse((await run('simulate', file, '--reuse', 'never,lowest-first', '--json')).stdout);
  expect([steps, reuse]).toEqual([
    4,
    [
      { reuse: 'never', pages: 7, allocatedBuckets: 6, reusedBuckets: 0, freedBuckets: [0, 1], faults: [], permuted: [] },
      {
        reuse: 'lowest-first',
        pages: 5,
        allocatedBuckets: 4,
        reusedBuckets: 2,
        freedBuckets: [],
        faults: [],
        permuted: [{ memory: 1, step: 4, buckets: [2, 0, 1, 3], reloaded: [0, 1, 2, 3], permutedPages: [[0, 3]] }],
      },
    ],
  ]);
  expect((await run('simulate', file, '--reuse', 'all')).stdout).toMatch(/\nascending: 7 pages .*\nlinked: /);
});

test('why an allocator gave an address', async () => {
  const file = trace('ties__mr-1.4.0+ab-0.7.1');
  expect((await run('simulate', file, '--why', '9849')).stdout).toBe(`Why 0x37d0? There were 111 free blocks.
  largest free block by the root  288 B  0x3060
! leaf that the index leads to    max 224 B  0x36d0
! allocated address               leaf + (288 − 32)  0x37d0
The root of the tree promises 288 bytes at 0x3060, but its index leads to a leaf whose largest block has 224, at 0x36d0. The library takes the root's size for the block of the leaf, and allocates the bytes that would then be its tail.
The bytes belong to a block of step 9,848: 64 bytes at 0x37b0.
augmented-btrees 0.7.1 does not always update the index of a node whose largest block has changed; 0.8.0 does.
The policy max-value does not have this defect.
`);
  const both = JSON.parse((await run('simulate', file, '--policy', 'max-value', '--why', '2', '--json')).stdout);
  expect(both).toMatchObject({ policy: 'max-value', firstDifference: 9848, why: { step: 2, better: null } });
  const alone = JSON.parse((await run('simulate', file, '--why', '9849', '--json')).stdout);
  expect(alone).toMatchObject({ schema: 'stable-memory/simulate/1', why: { step: 9849, better: 'max-value', unlisted: 0 } });
  expect(await refusal('simulate', file, '--why', '10001')).toMatch(/"10001" is not a step of the trace, which has 10,000 steps/);
  expect(await refusal('simulate', trace('trace-main-memory'), '--why', '1')).toMatch(/Step 1 does not allocate/);
  expect(await refusal('simulate', file, '--why', '1', '--reuse', 'all')).toMatch(/not both/);
});

test('both encodings of a trace give the same result', async () => {
  const [cbor, json] = ['region.smtrace', 'region.smtrace.jsonl'].map((name) => join(folder, name));
  for (const output of [cbor, json]) await run('import', trace('mixed__mr-1.4.0+ab-0.8.0'), '-o', output ?? '');
  expect((await run('replay', cbor ?? '', '--to', '5000', '--json')).stdout).toBe(
    (await run('replay', json ?? '', '--to', '5000', '--json')).stdout,
  );
});

test('an image of an allocator’s trace is refused', async () =>
  expect(await refusal('replay', trace('mixed__mr-1.4.0+ab-0.8.0'), '--image', join(folder, 'none.bin'))).toMatch(
    /has no memory image/,
  ));

test('a file that is not a trace', async () =>
  expect(await refusal('trace', put('x.smtrace', 'hello'))).toMatch(/is not a trace/));
test('an empty trace', async () => expect(await refusal('trace', put('empty.smtrace', ''))).toMatch(/The file is empty/));
test('a step that does not exist', async () =>
  expect(await refusal('replay', trace('mixed__mr-1.4.0+ab-0.8.0'), '--to', '10001')).toMatch(/there is no step 10,001/));
test('an unknown policy', async () =>
  expect(await refusal('simulate', trace('mixed__mr-1.4.0+ab-0.8.0'), '--policy', 'worst')).toMatch(/two-btrees/));
test('an unknown bucket reuse', async () =>
  expect(await refusal('simulate', trace('trace-main-memory'), '--reuse', 'lowest')).toMatch(
    /never, lowest-first, ascending, linked, or all/,
  ));
test('both a policy and a bucket reuse', async () =>
  expect(await refusal('simulate', trace('trace-main-memory'), '--reuse', 'never', '--policy', 'two-btrees')).toMatch(
    /not both/,
  ));
test('no bucket is reused in a trace of one allocator', async () =>
  expect(await refusal('simulate', trace('mixed__mr-1.4.0+ab-0.8.0'), '--reuse', 'all')).toMatch(/no virtual memories/));
test('an unknown command', async () => expect(await refusal('inspekt')).toMatch(/no command "inspekt"/));
test('an unknown option', async () => expect(await refusal('inspect', 'x', '--jason')).toMatch(/--jason/));
test('a part that does not exist', async () =>
  expect(await refusal('entries', image('corrupt-base'), 'memory/9')).toMatch(/The structures are: memory\/0/));
test('an offset past the end', async () =>
  expect(await refusal('explain', image('corrupt-base'), '0xffffffff')).toMatch(/past the end/));
test('a file that does not exist', async () =>
  expect(await refusal('inspect', join(folder, 'none'))).toMatch(/no file or folder/));

test('any other file is reported as unknown', async () => {
  const report = JSON.parse((await run('inspect', put('noise.bin', new Uint8Array(200_000).fill(0xa5)), '--json')).stdout);
  expect([report.layout, report.usage.unknown, report.remarks.length]).toEqual(['unknown', 200_000, 2]);
  const checked = JSON.parse((await run('check', put('noise.bin', new Uint8Array(200_000).fill(0xa5)), '--json')).stdout);
  expect(checked.remarks).toEqual(report.remarks);
  const whole = put('pages.bin', new Uint8Array(131_072).fill(0xa5));
  expect((await run('check', whole)).stdout).toContain('Nothing here could be checked.');
});

test('an empty file is an empty memory', async () => {
  const { status, stdout } = await run('inspect', put('empty.bin', ''), '--json');
  expect([status, JSON.parse(stdout).layout]).toEqual([0, 'empty']);
});

test('a trace cut in the middle is read up to the cut, and reports it', async () => {
  const whole = join(folder, 'whole.smtrace');
  await run('import', trace('mixed__mr-1.4.0+ab-0.8.0'), '-o', whole);
  const bytes = readFileSync(whole);
  const { status, stdout } = await run('trace', put('cut.smtrace', bytes.subarray(0, bytes.length / 2)), '--json');
  const report = JSON.parse(stdout);
  expect([status, report.complete, report.findings[0].code]).toEqual([0, false, 'trace.cut']);
  expect(report.steps).toBeGreaterThan(1000);
});

test('a packed trace that is cut is never taken for a whole one, by no command', async () => {
  // Stored without compression and cut at the end of a line, so that every line that is left is whole.
  const text = gunzipSync(readFileSync(trace('mixed__mr-1.4.0+ab-0.8.0')));
  const stored = gzipSync(text, { level: 0 });
  const start = stored.indexOf(text.subarray(0, 64));
  const packed = put('cut.jsonl.gz', stored.subarray(0, start + text.indexOf('\n', 20_000) + 1));
  const output = join(folder, 'from-cut.smtrace');
  const imported = await run('import', packed, '-o', output);
  expect([imported.status, imported.stderr]).toEqual([1, expect.stringMatching(/is cut or damaged: .* could be unpacked/)]);
  expect((await run('simulate', packed, '--policy', 'memory-region@1.4.0+augmented-btrees@0.8.0')).stderr).toMatch(
    /is cut or damaged/,
  );
  expect((await run('trace', packed, '--json')).stderr).toMatch(/is cut or damaged/);
});

test('--help and --version', async () => {
  expect((await run('--help')).stdout).toMatch(/inspect .* layout/);
  expect((await run('entries', '--help')).stdout).toMatch(/Usage: stable-memory entries SNAPSHOT PART/);
  expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('inputs are never overwritten, under any name', async () => {
  const picture = image('mm-empty');
  const recording = join(folder, 'precious.smtrace');
  await run('import', trace('trace-main-memory'), '-o', recording);
  const before = readFileSync(recording);
  symlinkSync(recording, join(folder, 'other-name.smtrace'));
  expect(await refusal('replay', recording, '--image', join(folder, 'other-name.smtrace'))).toMatch(
    /is the file that is being read/,
  );
  expect(await refusal('replay', recording, '--snapshot', picture, '--image', picture)).toMatch(/is the file that is being read/);
  expect(await refusal('import', trace('trace-main-memory'), '-o', trace('trace-main-memory'))).toMatch(
    /is the file that is being read/,
  );
  expect(readFileSync(recording).equals(before)).toBe(true);
});

describe('nothing is written into the folder of the snapshot that is read, nor into its subfolders', () => {
  const state = ['state', 'tip', 'canister_states', '00000000000000010101'];
  const overlay = overlayBytes(new Map([[1, 7]]));
  type Files = Readonly<Record<string, Uint8Array | string>>;
  const cases: readonly (readonly [title: string, files: Files, path: readonly string[]])[] = [
    ["a replica's overlays", { '0000000000000001_0000_stable_memory.overlay': overlay, 'software.wasm': '' }, state],
    [
      "a replica's base file and overlay",
      { 'stable_memory.bin': imageBytes('mm-empty'), '0000000000000001_0000_stable_memory.overlay': overlay },
      state,
    ],
    ["a replica's canister without stable memory", { 'canister.pbuf': '' }, state],
    ['a download of an empty memory', { 'metadata.json': '{"stable_memory_size": 0}' }, ['download']],
    ["Juno's, without metadata", { 'stable.bin': imageBytes('mm-empty') }, ['juno', '.snapshots', '0x01']],
  ];

  test.each(cases)('%s', async (title, files, path) => {
    const top = join(folder, title.replaceAll(/\W/g, '-'));
    const own = join(top, ...path);
    mkdirSync(join(own, 'within'), { recursive: true });
    for (const [name, content] of Object.entries(files)) writeFileSync(join(own, name), content);
    const link = join(top, 'link');
    symlinkSync(own, link, 'junction');
    const recording = put('grows.smtrace.jsonl', '{"magic":"ic-stable-trace","version":1,"producer":"x"}\n[4,0,2,0]\n');
    const before = readdirSync(own, { recursive: true });
    const opened = [join(top, path[0] ?? ''), own, link, ...before.map((name) => join(own, String(name))).filter(isMemory)];
    const attempts = [
      ...opened.map((snapshot) => [snapshot, join(own, 'new.bin')] as const),
      [own, join(own, 'within', 'new.bin')] as const,
      [own, join(link, 'new.bin')] as const,
    ];
    for (const [snapshot, target] of attempts) {
      expect(await refusal('replay', recording, '--snapshot', snapshot, '--image', target, '--force')).toBe(
        `stable-memory: ${target} is in the folder of the snapshot that is being read. Write elsewhere.\n`,
      );
    }
    expect(readdirSync(own, { recursive: true })).toEqual(before);
    expect((await run('replay', recording, '--snapshot', own, '--image', join(top, 'new.bin'))).status).toBe(0);
  });

  const isMemory = (path: string): boolean => /\.(bin|overlay)$/.test(path);

  test('but next to a raw memory', async () => {
    const recording = put('beside.smtrace.jsonl', '{"magic":"ic-stable-trace","version":1,"producer":"x"}\n[4,0,2,0]\n');
    expect((await run('replay', recording, '--snapshot', image('mm-empty'), '--image', join(folder, 'beside.bin'))).status).toBe(
      0,
    );
  });
});

test('a user’s file with the name of our temporary file is left alone', async () => {
  const own = put('image.bin.part', 'mine');
  await run('replay', trace('trace-main-memory'), '--image', join(folder, 'image.bin'), '--to', '1');
  expect(readFileSync(own, 'utf8')).toBe('mine');
});

test('a folder that cannot be written into', async () =>
  expect(await refusal('replay', trace('trace-main-memory'), '--image', join(put('plain', ''), 'x.bin'))).toMatch(
    /could not be written/,
  ));

test('the faults of a trace are reported', async () => {
  const path = put(
    'faulty.smtrace.jsonl',
    '{"magic":"ic-stable-trace","version":1,"producer":"x"}\n[0,1,"r"]\n[3,1,3,1,{"region":16}]\n[7,1,0,100]\n[7,1,50,100]\n',
  );
  const codes = async (command: string) =>
    JSON.parse((await run(command, path, '--json')).stdout).findings.map((each: { code: string }) => each.code);
  expect([await codes('trace'), await codes('replay')]).toEqual([['trace.overlap'], ['trace.overlap']]);
});

test('a half-finished download is incomplete, and its missing bytes are not faults of the canister', async () => {
  const bytes = imageBytes('corrupt-base');
  const half = join(folder, 'half');
  mkdirSync(half);
  writeFileSync(join(half, 'stable_memory.bin'), bytes.subarray(0, 300_000));
  writeFileSync(join(half, 'metadata.json'), JSON.stringify({ stable_memory_size: bytes.length }));
  const { status, stdout } = await run('check', half, '--json');
  const report = JSON.parse(stdout);
  expect([status, report.complete]).toEqual([1, false]);
  expect(new Set(report.findings.map((each: { code: string }) => each.code))).toEqual(new Set(['image.not-downloaded']));
});

test('every finding of a cut image is within it', async () => {
  const bytes = imageBytes('corrupt-base');
  for (const length of [40_000, 65_536, 300_001, 589_824]) {
    const { findings } = JSON.parse((await run('check', put('cut.bin', bytes.subarray(0, length)), '--json')).stdout);
    expect(findings.length).toBeGreaterThan(0);
    for (const { offset, length: span } of findings) expect(offset + span).toBeLessThanOrEqual(length);
  }
});

test('labels named by the user must exist; problems with those next to a snapshot are only a remark', async () => {
  expect(await refusal('entries', image('corrupt-base'), 'memory/0', '--labels', join(folder, 'none.json'))).toMatch(
    /none\.json/,
  );
  const beside = join(folder, 'beside');
  mkdirSync(join(beside, 'stable-memory.json'), { recursive: true });
  writeFileSync(join(beside, 'stable_memory.bin'), imageBytes('corrupt-base'));
  const report = JSON.parse((await run('inspect', beside, '--json')).stdout);
  expect(report.remarks[0]).toMatch(/labels could not be read/);
});

test('errors in labels named by the user are reported with their location', async () => {
  const labels = put('wrong.json', '{"codecs": {"User": {"record": {"name": "text", "age": "u8"}}}}');
  const message = await refusal('entries', image('corrupt-base'), 'memory/0', '--labels', labels);
  expect(message).toContain(`In the labels file ${labels}: codecs.User.record.name: It takes all bytes that are left`);
});

test('labels can declare codecs, which are then used by name', async () => {
  const codecs = { Head: { record: { first: 'u8', rest: 'bytes' } } };
  const labels = put('codecs.json', JSON.stringify({ codecs, memories: { 0: { value: 'Head' } } }));
  const path = image('corrupt-base');
  const lines = (...words: readonly string[]) =>
    run('entries', path, 'memory/0', '--limit', '1', '--labels', labels, '--json', ...words);
  const [line] = (await lines()).stdout.split('\n').map((text) => text && JSON.parse(text));
  expect(line).toMatchObject({ valueCodec: 'Head', valueText: expect.stringMatching(/^\{ first: \d+, rest: [0-9a-f]* }$/) });
  expect(JSON.parse((await lines('--key', 'Head')).stdout)).toMatchObject({ keyCodec: 'Head' });
  expect((await lines('--key', 'Other')).stderr).toMatch(/There is no codec "Other"/);
});

test('names come from the module in a snapshot folder', async () => {
  const withModule = join(folder, 'with-module');
  mkdirSync(withModule);
  writeFileSync(join(withModule, 'stable_memory.bin'), imageBytes('memory-region-churn-classical-preupgrade'));
  const paths = async () =>
    JSON.parse((await run('inspect', withModule, '--json')).stdout).memoryRegions.map(({ path }: { path: string }) => path);
  expect(await paths()).toEqual([expect.stringMatching(/^\d+$/)]);
  const module = moduleWith(['icp:private motoko:stable-types', 'actor {\n  stable mr : MemoryRegion\n};\n']);
  for (const bytes of [module, gzipSync(module)]) {
    writeFileSync(join(withModule, 'wasm_module.bin'), bytes);
    expect(await paths()).toEqual(['mr']);
  }
  writeFileSync(join(withModule, 'wasm_module.bin'), 'no module');
  expect(await paths()).toEqual([expect.stringMatching(/^\d+$/)]);
});

test('impossible sizes and progress are ignored', async () => {
  const odd = join(folder, 'odd');
  mkdirSync(odd);
  writeFileSync(join(odd, 'stable_memory.bin'), imageBytes('corrupt-base'));
  writeFileSync(join(odd, 'metadata.json'), '{"stable_memory_size": 9007199254740991}');
  writeFileSync(join(odd, '.download_progress.json'), '{"stable_memory": {"frontier": -9007199254740991, "ahead": [-5, 1e300]}}');
  const report = JSON.parse((await run('inspect', odd, '--json')).stdout);
  expect([report.bytes, report.notDownloaded]).toEqual([786_432, 786_432]);
});

test.skipIf(process.platform === 'win32')('a pipe is not a trace (Windows has no mkfifo)', async () => {
  const pipe = join(folder, 'pipe');
  spawnSync('mkfifo', [pipe]);
  expect(await refusal('trace', pipe)).toMatch(/is not a file/);
});

test('a number without digits is refused', async () =>
  expect(await refusal('explain', image('corrupt-base'), '_')).toMatch(/whole number/));
