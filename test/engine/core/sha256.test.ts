import { createHash } from 'node:crypto';
import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import { toHex } from '../../../engine/core/format.ts';
import { BytesMemory } from '../../../engine/core/memory/bytes-memory.ts';
import { hashMemory, Sha256 } from '../../../engine/core/sha256.ts';

function hash(...pieces: readonly Uint8Array[]): string {
  const hasher = new Sha256();
  for (const piece of pieces) hasher.update(piece);
  return toHex(hasher.digest());
}
const text = (value: string) => new TextEncoder().encode(value);

// The examples of FIPS 180-4.
test('no bytes', () => expect(hash()).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'));
test('abc', () => expect(hash(text('abc'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'));
test('two blocks', () => {
  expect(hash(text('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'))).toBe(
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  );
});
test('a million times a', () => {
  expect(hash(text('a'.repeat(1_000_000)))).toBe('cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0');
});

law.prop([fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 10 })])(
  'equals another implementation, however the bytes are split',
  (pieces) => {
    expect(hash(...pieces)).toBe(createHash('sha256').update(Buffer.concat(pieces)).digest('hex'));
  },
);

test('a memory', () => {
  const memory = BytesMemory.of(Uint8Array.from({ length: 100_000 }, (_, index) => index % 256));
  const bytes = new Uint8Array(2 * 65_536);
  bytes.set(Uint8Array.from({ length: 100_000 }, (_, index) => index % 256));
  expect(toHex(hashMemory(memory, new Budget()) ?? new Uint8Array())).toBe(hash(bytes));
});
