import { expect, test } from 'vitest';
import type { DataAt } from '../../engine/views/bytes/calls.ts';
import { INITIAL_STATE } from '../../webview/state/state.ts';
import { statusText } from '../../webview/state/status.ts';

/** Returns the text for bytes at 0x20 that are decoded like this. */
function statusOf(length: number, data: Pick<DataAt, 'numbers' | 'decodings'>): string | undefined {
  const range = { start: 0x20, length };
  return statusText({
    ...INITIAL_STATE,
    selection: { cursor: 0x20, range },
    data: { result: { range, ...data, pointer: undefined }, generation: 0, error: undefined },
  });
}

test.each([
  [
    'the most probable value',
    5,
    [
      { codec: 'cbor', text: '{"a":\n 1}' },
      { codec: 'bytes', text: 'a1' },
    ],
    '{"a": 1}',
  ],
  [
    'hex where nothing is more probable',
    5,
    [
      { codec: 'bytes', text: '0200000000' },
      { codec: 'text', text: '\u0002' },
    ],
    '0200000000',
  ],
  ['the beginning of a long text', 60, [{ codec: 'text', text: 'x'.repeat(60) }], `${'x'.repeat(40)}…`],
])('%s', (_, length, decodings, expected) => {
  expect(statusOf(length, { numbers: [], decodings })).toBe(`0x20 · ${length} bytes · ${expected}`);
});

test('a number of the selected width, with its order where that matters', () => {
  const numbers = [
    { type: 'u8', little: '7', big: '7' },
    { type: 'u16', little: '1027', big: '772' },
  ];
  expect(statusOf(1, { numbers, decodings: [] })).toBe('0x20 · 1 byte · u8 7');
  expect(statusOf(2, { numbers, decodings: [] })).toBe('0x20 · 2 bytes · u16 1,027 (little-endian)');
});

test('nothing without a selection', () => expect(statusText(INITIAL_STATE)).toBeUndefined());
