import { expect, test } from 'vitest';
import { offsetAt } from '../../../engine/core/memory/memory.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { inspectReport } from '../../../engine/views/inspect.ts';
import { openedBytes } from './opened.ts';

const PAGE = 65_536;

function remarksOn(bytes: Uint8Array): string {
  const snapshot = openedBytes(bytes);
  return (inspectReport(snapshot, scanImage(snapshot)).remarks ?? []).join(' ');
}

function imageWith(pages: number, at: number, content: string): Uint8Array {
  const bytes = new Uint8Array(pages * PAGE);
  bytes.set(new TextEncoder().encode(content), at);
  return bytes;
}

test.each([
  ['text', imageWith(1, 0, 'Anna owns the shop.\n'), 'It begins with text.'],
  ['JSON', imageWith(2, 0, '{"a": [1, 2]}'), 'text that looks like JSON'],
  ['an archive', imageWith(2, 0, 'PK\x03\x04'), 'a zip archive'],
  ['zeros first', imageWith(3, PAGE + 128, 'late text'), 'After 64.1 KiB of zeros it continues with text.'],
])('an image of no known layout says what was looked for, and what is there: %s', (_, bytes, there) => {
  const remarks = remarksOn(bytes);
  expect(remarks).toContain('neither a memory manager');
  expect(remarks).toContain(there);
});

test('bytes that are not downloaded are not judged', () => {
  const snapshot = openedBytes(imageWith(2, 0, 'text'), 'image', [{ start: offsetAt(0, PAGE), length: PAGE }]);
  expect(snapshot.remarks.join(' ')).toContain('not downloaded could not be searched');
});
