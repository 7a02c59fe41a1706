import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { byteInRow, bytesOfRows, MAX_HEX_BYTES, parseHexText, renderHexText } from '../../../engine/values/hex-text.ts';

const utf8 = new TextEncoder();
const page = renderHexText(utf8.encode('hello, world of bytes\n'), 0x1cf, ['memory 3 "users" › BTreeMap › entry 4', '22 B']);

test('a page has its header, an empty line and rows', () =>
  expect(page).toBe(
    [
      'memory 3 "users" › BTreeMap › entry 4',
      '22 B',
      '',
      '000001cf  68 65 6c 6c 6f 2c 20 77  6f 72 6c 64 20 6f 66 20  |hello, world of |',
      '000001df  62 79 74 65 73 0a                                 |bytes.|',
      '',
    ].join('\n'),
  ));

const rows = parseHexText(page.split('\n'));

test.each([
  [3, 10, 0],
  [3, 11, 0],
  [3, 31, 7],
  [3, 35, 8],
  [3, 57, 15],
  [3, 61, 0],
  [3, 76, 15],
  [3, 77, undefined],
  [3, 4, undefined],
  [4, 25, 5],
  [4, 29, undefined],
  [4, 61, 0],
])('line %d, column %d is byte %s of its row', (line, column, byte) => {
  const row = rows.find((candidate) => candidate.line === line);
  expect(row && byteInRow(row, column)).toBe(byte);
});

test('bytes that do not fit are counted', () => {
  const text = renderHexText(new Uint8Array(MAX_HEX_BYTES + 1000), 0, []);
  expect(text.length).toBeLessThan(262_144);
  expect(text.split('\n').at(-2)).toBe('… 1,000 more bytes, from 0xc000 on.');
  expect(bytesOfRows(parseHexText(text.split('\n')))).toHaveLength(MAX_HEX_BYTES);
});

law.prop([fc.uint8Array({ maxLength: 200, size: 'max' }), fc.nat({ max: 2 ** 40 }), fc.array(fc.string(), { maxLength: 3 })])(
  'reading back a page returns the bytes, whatever its header',
  (bytes, base, header) => {
    const back = parseHexText(
      renderHexText(
        bytes,
        base,
        header.map((line) => `# ${line.replaceAll('\n', ' ')}`),
      ).split('\n'),
    );
    expect(bytesOfRows(back)).toEqual(bytes);
    if (bytes.length > 0) expect(back[0]?.address).toBe(base);
  },
);

law.prop([fc.uint8Array({ minLength: 1, maxLength: 40 })])('each hex pair is found at its column', (bytes) => {
  const lines = renderHexText(bytes, 0, []).split('\n');
  for (const row of parseHexText(lines)) {
    row.bytes.forEach((byte, index) => {
      const column = row.hexAt + 3 * index + (index < 8 ? 0 : 1);
      expect(lines[row.line]?.slice(column, column + 2)).toBe(byte.toString(16).padStart(2, '0'));
      expect(byteInRow(row, column)).toBe(index);
      expect(byteInRow(row, column + 1)).toBe(index);
    });
  }
});
