import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import { toHex } from '../../../engine/core/format.ts';
import { BytesMemory } from '../../../engine/core/memory/bytes-memory.ts';
import { hashMemory } from '../../../engine/core/sha256.ts';

const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251);
const memory = BytesMemory.of(bytes);

test('the checksum of a memory is that of all its pages', () => {
  const whole = new Uint8Array(2 * 65_536);
  whole.set(bytes);
  expect(toHex(hashMemory(memory, new Budget()) ?? new Uint8Array())).toBe(createHash('sha256').update(whole).digest('hex'));
});

test('a memory of no pages has the checksum of no bytes', () => {
  const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  expect(toHex(hashMemory(new BytesMemory(), new Budget()) ?? new Uint8Array())).toBe(empty);
});

test('where the budget is spent there is no checksum', () => {
  expect(hashMemory(memory, new Budget({ bytes: 65_536 }))).toBeUndefined();
});
