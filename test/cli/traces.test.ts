/** Tests the export of traces to other tools, and the comparison of two traces. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Program } from './program.ts';

const HEAD = '{"magic": "ic-stable-trace", "version": 1, "producer": "test"}';
const COMMON = `[0, 1, "put"]
[3, 1, 3, 1, {"region": 16}]
[1, 1, 1, 1]
[7, 1, 0, 64]
[7, 1, 64, 32]
[8, 1, 64, 32]
[2, 1, 0]`;

let program: Program;
let a = '';
let b = '';
let same = '';

beforeAll(async () => {
  program = await Program.build('traces');
  a = program.put('a.smtrace.jsonl', `${HEAD}\n${COMMON}\n[7, 1, 64, 16]\n`);
  b = program.put('b.smtrace.jsonl', `${HEAD}\n${COMMON}\n[7, 1, 96, 16]\n[8, 1, 0, 64]\n`);
  // The same steps with another number for the space, another message, and no release.
  const renamed = COMMON.replaceAll('"put"', '"add"').replaceAll(/\[([378]), 1,/g, '[$1, 5,');
  same = program.put('same.smtrace.jsonl', `${HEAD}\n${renamed}\n[7, 5, 64, 16]\n`);
});
afterAll(() => program.remove());

describe('trace --export', () => {
  test.each([
    ['chrome', /^\{"displayTimeUnit":"ns"/],
    ['csv', /^step,event,message,/],
    ['heaptrack', /^v 10100 2\n/],
  ])('writes %s', (format, start) => {
    const output = join(program.folder, `out.${format}`);
    const { status, stdout, stderr } = program.run(['trace', a, '--export', output, '--format', format]);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: `${output} was written.\n`, stderr: '' });
    expect(readFileSync(output, 'utf8')).toMatch(start);
    // An existing file is only replaced on request.
    const again = program.run(['trace', a, '--export', output, '--format', format]);
    expect(again).toMatchObject({ status: 2, stderr: expect.stringContaining('already exists') });
    expect(program.run(['trace', a, '--export', output, '--format', format, '--force']).status).toBe(0);
  });

  test.each([
    [['--export', 'OUT'], 'Say in which format: --format chrome, csv, heaptrack.'],
    [['--export', 'OUT', '--format', 'xml'], 'Say in which format: --format chrome, csv, heaptrack.'],
    [['--format', 'csv'], 'Say where to write the trace: --export FILE.'],
  ])('%j is refused', (words, message) => {
    const output = join(program.folder, 'refused');
    const { status, stderr } = program.run(['trace', a, ...words.map((word) => (word === 'OUT' ? output : word))]);
    expect({ status, stderr }).toEqual({ status: 2, stderr: `stable-memory: ${message}\n` });
    expect(existsSync(output)).toBe(false);
  });

  test('never overwrites the trace', () => {
    const { status, stderr } = program.run(['trace', a, '--export', a, '--format', 'csv', '--force']);
    expect(status).toBe(2);
    expect(stderr).toContain('is the file that is being read');
  });
});

describe('compare-traces', () => {
  test('prints where the traces differ and what each does', () => {
    const { status, stdout } = program.run(['compare-traces', a, b]);
    expect(status).toBe(0);
    expect(stdout.split('\n').map((line) => line.trimEnd().replaceAll(/(?<=\S) {2,}/g, '\t'))).toEqual([
      'The traces differ from step 4 on.',
      '  A: allocate 16 B → 0x40 in memory blocks of region 16',
      '  B: allocate 16 B → 0x60 in memory blocks of region 16',
      expect.stringMatching(/^ +A\tB$/),
      'steps\t4\t5',
      'messages\t1\t1',
      'allocate\t3\t3',
      'deallocate\t1\t2',
      'allocated\t3 blocks, 112 B\t3 blocks, 112 B',
      'temporary\t1 block\t1 block',
      'memory blocks of region 16: size\t0x60\t0x70',
      'memory blocks of region 16: most live\t96 B in 2 blocks at step 2\t96 B in 2 blocks at step 2',
      'update put\t1 message: 2 blocks (1 temporary), 96 B\t1 message: 2 blocks (1 temporary), 96 B',
      'outside of messages\t1 block (0 temporary), 16 B\t1 block (0 temporary), 16 B',
      '',
    ]);
  });

  test('compares what steps do, not what they are called', () => {
    expect(program.run(['compare-traces', a, same]).stdout).toMatch(/^All steps are the same\.\n/);
  });

  test('has a report as JSON', () => {
    const report = JSON.parse(program.run(['compare-traces', b, a, '--json']).stdout);
    expect(report).toMatchObject({
      schema: 'stable-memory/compare-traces/1',
      firstDivergence: { step: 4, a: 'allocate 16 B → 0x60 in memory blocks of region 16' },
      a: { steps: 5, messages: 1, events: { allocate: 3, deallocate: 2 }, allocated: { blocks: 3, bytes: 112, temporary: 1 } },
      b: { spaces: [{ space: 'memory blocks of region 16', size: 96, highWater: { step: 2, bytes: 96, blocks: 2 } }] },
    });
    expect(JSON.parse(program.run(['compare-traces', a, same, '--json']).stdout).firstDivergence).toBeNull();
  });

  test('says where the shorter one ends', () => {
    const longer = program.put('longer.smtrace.jsonl', `${HEAD}\n${COMMON}\n[7, 1, 64, 16]\n[8, 1, 64, 16]\n`);
    expect(program.run(['compare-traces', a, longer]).stdout).toContain(
      'The traces differ from step 5 on.\n  A: ends before it\n  B: deallocate 0x40 +16 in memory blocks of region 16\n',
    );
  });
});
