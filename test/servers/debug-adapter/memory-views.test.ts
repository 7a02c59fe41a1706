/** What memory views of other extensions ask the debugger for: bytes by an address that a user typed, and what is at them. */
import { describe, expect, test } from 'vitest';
import type { Resident } from '../../../servers/debug-adapter/residents.ts';
import { HAND_WRITTEN, MEMORIES, newClient } from './sessions.ts';
import { traceFolder } from './written-trace.ts';

const { writtenTrace } = traceFolder();

const BLOCKS = writtenTrace(
  '[0, 1, "region 16"]',
  '[0, 2, "blocks"]',
  '[3, 2, 2, 1, {"region": 16}]',
  '[3, 1, 3, 2, {"region": 16}]',
  '[4, 2, 1, 0]',
  '[7, 1, 0, 16]',
  '[7, 1, 16, 32]',
  '[5, 2, 16, {"h": "48656c6c6f"}]',
);

async function launched(trace: string, step: number) {
  const client = newClient();
  await client.launch({ trace, step });
  return client;
}

/** Returns the names of what is in a range, each with its addresses. */
async function namesIn(trace: string, step: number, memoryReference: string, offset: number, count: number) {
  const client = await launched(trace, step);
  const { residents } = await client.params('residents', { memoryReference, offset, count });
  return residents.map(({ name, startAddress, endAddress }: Resident) => `${startAddress}–${endAddress} ${name}`);
}

describe('bytes of a place that a user types', () => {
  test.each([
    ['memory 0:0x10', '0x10', 'Hello'],
    ['Memory 0 : 16', '0x10', 'Hello'],
    ['vm:0@0x10', '0x10', 'Hello'],
    // The image has the manager's tables and the bucket of 1 page before it.
    ['0x10010', '0x10010', 'Hello'],
    ['65_552', '0x10010', 'Hello'],
    ['space 2:0x10', '0x10', 'Hello'],
  ])('%s', async (memoryReference, address, text) => {
    const client = await launched(HAND_WRITTEN, 8);
    const read = await client.params('readMemory', { memoryReference, count: 5 });
    expect(read).toEqual({ address, data: Buffer.from(text).toString('base64') });
  });

  test('a word that is not a place is refused, and the message says how to write one', async () => {
    const client = await launched(HAND_WRITTEN, 8);
    expect(await client.refusal('readMemory', { memoryReference: 'here', count: 5 })).toBe(
      '“here” is not a place. Write memory 3:0x40, region 16:0x40, or an address such as 0x1234.',
    );
  });
});

describe('what is in a range', () => {
  test('is the fields of a structure, at the addresses of its memory', async () => {
    expect(await namesIn(MEMORIES, 4000, 'vm:1', 0, 12)).toEqual([
      '0x0–0x3 magic',
      '0x3–0x4 version',
      '0x4–0x8 page size',
      '0x8–0xc page size marker',
    ]);
  });

  test('is the tables of the manager, in the image', async () => {
    expect(await namesIn(MEMORIES, 4000, 'phys', 4, 4)).toEqual(['0x4–0x6 allocated buckets', '0x6–0x8 bucket size in pages']);
  });

  test('is the live blocks of an allocator in the region', async () => {
    expect(await namesIn(BLOCKS, 4, 'region:16@0x10', -4, 8)).toEqual(['0x0–0x10 block 0x0', '0x10–0x30 block 0x10']);
    expect(await namesIn(BLOCKS, 2, 'region:16@0x10', 0, 8)).toEqual([]);
  });

  test('has types and values', async () => {
    const client = await launched(BLOCKS, 4);
    const { residents } = await client.params('residents', { memoryReference: 'region 16:0x10', count: 1 });
    expect(residents).toEqual([
      { name: 'block 0x10', type: 'live block', value: '32 B since step 3', startAddress: '0x10', endAddress: '0x30' },
    ]);
  });

  test.each([
    ['region:9', 0, 16],
    ['region:16', 65_536, 16],
    ['region:16', -32, 16],
    ['region:16', 0, 0],
  ])('is nothing for %s from %i, %i bytes', async (memoryReference, offset, count) => {
    expect(await namesIn(BLOCKS, 4, memoryReference, offset, count)).toEqual([]);
  });
});

describe('the size of a value', () => {
  test('is that of a block or of written bytes', async () => {
    const client = await launched(BLOCKS, 4);
    expect(await client.params('sizeOf', { expression: 'bytes' })).toEqual({ bytes: 5 });
    expect(await client.params('sizeOf', { expression: 'live[1]' })).toEqual({ bytes: 32 });
  });

  test('is refused for what has no bytes', async () => {
    const client = await launched(BLOCKS, 4);
    expect(await client.refusal('sizeOf', { expression: 'step' })).toBe('“step” has no bytes in a memory.');
  });
});

test('nothing is written into a memory', async () => {
  const client = await launched(HAND_WRITTEN, 8);
  expect(await client.refusal('writeMemory', { memoryReference: 'vm:0@0x10', data: 'AAAA' })).toBe(
    'The memory of a trace cannot be changed: it is what the steps wrote, and a trace is only read.',
  );
});
