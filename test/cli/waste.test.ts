/** Tests what `inspect` and `check` say about waste in a sound snapshot. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BytesMemory } from '../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, readBytes } from '../../engine/core/memory/memory.ts';
import { MemoryManager } from '../../engine/rust/memory-manager/operate.ts';
import { imageBytes } from '../fixtures.ts';
import { Program } from './program.ts';

let program: Program;
let wasteful = '';
let bare = '';

beforeAll(async () => {
  program = await Program.build('waste');
  wasteful = program.put('wasteful.bin', imageBytes('openchat-like-b128'));
  bare = program.put('bare.bin', imageBytes('btreemap-v2-u64-text'));
});
afterAll(() => program.remove());

test('the conclusion follows the title, with what it costs at the price that was asked for', () => {
  const [, line] = program.run(['inspect', wasteful]).stdout.split('\n');
  expect(line).toBe(
    'Each of the 13 memories holds a whole 8 MiB bucket, and none fills more than 10 % of it. That costs 398 G cycles a year.',
  );
  expect(program.run(['inspect', wasteful, '--price', '254000']).stdout).toContain('That costs 796 G cycles a year.');
});

test('--what-if prints each memory in buckets of another size', () => {
  const { stdout, status } = program.run(['inspect', wasteful, '--what-if', '8']);
  expect(status).toBe(0);
  const lines = stdout.split('\n');
  const start = lines.indexOf('What if a bucket had 8 pages');
  expect(lines.slice(start + 1, start + 16).map((line) => line.replace(/ +/g, ' '))).toMatchInlineSnapshot(`
    [
      " memory 0 1 page 1 bucket, 7.9 MiB slack → 1 bucket, 448 KiB slack",
      " memory 1 1 page 1 bucket, 7.9 MiB slack → 1 bucket, 448 KiB slack",
      " memory 2 1 page 1 bucket, 7.9 MiB slack → 1 bucket, 448 KiB slack",
      " memory 3 12 pages 1 bucket, 7.3 MiB slack → 2 buckets, 256 KiB slack",
      " memory 4 2 pages 1 bucket, 7.9 MiB slack → 1 bucket, 384 KiB slack",
      " memory 5 1 page 1 bucket, 7.9 MiB slack → 1 bucket, 448 KiB slack",
      " memory 6 1 page 1 bucket, 7.9 MiB slack → 1 bucket, 448 KiB slack",
      " memory 7 1 page 1 bucket, 7.9 MiB slack → 1 bucket, 448 KiB slack",
      " memory 8 1 page 1 bucket, 7.9 MiB slack → 1 bucket, 448 KiB slack",
      " memory 9 12 pages 1 bucket, 7.3 MiB slack → 2 buckets, 256 KiB slack",
      " memory 10 1 page 1 bucket, 7.9 MiB slack → 1 bucket, 448 KiB slack",
      " memory 11 1 page 1 bucket, 7.9 MiB slack → 1 bucket, 448 KiB slack",
      " memory 254 1 page 1 bucket, 7.9 MiB slack → 1 bucket, 448 KiB slack",
      "The image would have 7.6 MiB instead of 104.1 MiB, and cost 29.6 G cycles a year instead of 407 G.",
      "All memories together could have up to 16 GiB instead of 256 GiB. The bucket size cannot be changed in place: a copy in another canister reads and writes 2.3 MiB.",
    ]
  `);
});

test('--what-if says when there would be too many buckets, or no manager', () => {
  const memory = new BytesMemory();
  const manager = MemoryManager.init(memory, 1);
  for (let id = 0; id < 126; id += 1) manager.grow(id, 1);
  const many = program.put('many.bin', readBytes(memory, at(0, 0), byteLength(memory)));
  expect(program.run(['inspect', many, '--what-if', '65535']).stdout).toContain(
    'These are more buckets than there can be: 125 of this size fill the 500 GiB that a stable memory may have.',
  );
  expect(program.run(['inspect', bare, '--what-if', '4']).stdout).toContain('--what-if has no answer');
  expect(program.run(['inspect', bare, '--what-if', '4', '--json']).stdout).not.toContain('whatIf');
});

test.each(['0', '65536', 'few', '-1', '1.5'])('--what-if %s is refused', (pages) => {
  const { status, stderr } = program.run(['inspect', wasteful, `--what-if=${pages}`]);
  expect(status).toBe(2);
  expect(stderr).toContain('--what-if takes a');
});

test('the report has the conclusion, and with --what-if the sizes', () => {
  const report = JSON.parse(program.run(['inspect', wasteful, '--json']).stdout);
  expect(report.conclusion).toEqual({
    sentence: 'Each of the 13 memories holds a whole 8 MiB bucket, and none fills more than 10 % of it.',
    cyclesPerYear: '397964917968',
    suggestedBucketPages: 4,
  });
  expect(report.whatIf).toBeUndefined();
  const { whatIf } = JSON.parse(program.run(['inspect', wasteful, '--what-if', '4', '--json']).stdout);
  const { memories, ...sizes } = whatIf;
  expect(sizes).toEqual({
    bucketPages: 4,
    bytes: 4_521_984,
    cyclesPerYear: '16867063476',
    ceiling: 8_589_934_592,
    fits: true,
    copiedBytes: 2_359_296,
  });
  expect(memories[3]).toEqual({ id: 3, pages: 12, buckets: 3, slack: 0 });
  expect(memories.map(({ id }: { id: number }) => id)).toEqual(report.memories.map(({ id }: { id: number }) => id));
});

test('a sound snapshot passes the check, which says that waste is only a note', () => {
  const { status, stdout } = program.run(['check', wasteful]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^information: Each of the 13 memories .* Cost: 398 G cycles a year for 101\.8 MiB\.\n/);
  expect(stdout).toMatch(/\nNo errors or warnings, and 1 note\.\n$/);
  expect(program.run(['check', bare]).stdout).toBe('No findings.\n');
});
