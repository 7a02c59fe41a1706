import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { type CopyFormat, copiedBytes } from '../../../../engine/views/bytes/copied-bytes.ts';

const BYTES = Uint8Array.of(0x41, 0xce, 0xb2, 0x22, 0x0a, 0xff);

test.each([
  ['hex', '41ceb2220aff'],
  ['text', 'Aβ"\n\ufffd'],
  ['base64', 'Qc6yIgr/'],
  ['motoko', '"\\41\\ce\\b2\\22\\0a\\ff"'],
  ['candid', 'blob "\\41\\ce\\b2\\22\\0a\\ff"'],
  ['rust', '[0x41, 0xce, 0xb2, 0x22, 0x0a, 0xff]'],
  ['typescript', 'new Uint8Array([0x41, 0xce, 0xb2, 0x22, 0x0a, 0xff])'],
] as const)('bytes as %s', (format: CopyFormat, text) => {
  expect(copiedBytes(BYTES, format)).toBe(text);
});

test('no bytes', () => {
  expect(copiedBytes(new Uint8Array(), 'rust')).toBe('[]');
  expect(copiedBytes(new Uint8Array(), 'candid')).toBe('blob ""');
});

law.prop([fc.uint8Array({ maxLength: 100, size: 'max' })])('base64 is that of others', (bytes) => {
  expect(copiedBytes(bytes, 'base64')).toBe(Buffer.from(bytes).toString('base64'));
});
