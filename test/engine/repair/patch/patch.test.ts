import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, PAGE_SIZE, type ReadableMemory, readBytes } from '../../../../engine/core/memory/memory.ts';
import { OverlayMemory } from '../../../../engine/core/memory/overlay.ts';
import { finish } from '../../../../engine/core/slices.ts';
import { nodeHasher } from '../../../../engine/node/hasher.ts';
import { applyPatch } from '../../../../engine/repair/patch/apply-patch.ts';
import { makePatch } from '../../../../engine/repair/patch/make-patch.ts';
import type { Patch } from '../../../../engine/repair/patch/patch.ts';
import { patchText, readPatch } from '../../../../engine/repair/patch/patch-text.ts';

const PAGES = 3;

interface Write {
  readonly to: number;
  readonly bytes: Uint8Array;
}

/** Makes a memory that is not all zeros, so that places can be told apart. */
function someMemory(): BytesMemory {
  const memory = new BytesMemory(PAGES);
  memory.write(
    at(0, 0),
    Uint8Array.from({ length: PAGE_SIZE }, (_, index) => index % 251),
  );
  return memory;
}

function patchOf(
  base: ReadableMemory,
  writes: readonly Write[],
  grow = 0,
): { readonly patch: Patch; readonly after: Uint8Array } {
  const overlay = new OverlayMemory(base);
  const before = overlay.state();
  overlay.grow(grow);
  for (const { to, bytes } of writes) overlay.write(at(0, to), bytes);
  const after = overlay.state();
  return { patch: finish(makePatch(before, after, nodeHasher)), after: allBytes(after) };
}

function allBytes(memory: ReadableMemory): Uint8Array {
  return readBytes(memory, at(0, 0), byteLength(memory));
}

const apply = (patch: Patch, memory: ReadableMemory): Uint8Array => allBytes(finish(applyPatch(patch, memory, nodeHasher)));
const reread = (patch: Patch): Patch => readPatch([...patchText(patch)].join(''), 'p.jsonl');

const writes = fc.array(
  fc.record({
    to: fc.oneof(fc.nat(PAGE_SIZE * PAGES - 40), fc.integer({ min: PAGE_SIZE - 40, max: PAGE_SIZE + 40 })),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
  }),
  { maxLength: 12 },
);

test('a patch, written and read, makes the same image again', () => {
  fc.assert(
    fc.property(writes, fc.nat(2), (list, grow) => {
      const { patch, after } = patchOf(someMemory(), list, grow);
      const read = reread(patch);
      expect(read).toEqual(patch);
      expect(Buffer.compare(apply(read, someMemory()), after)).toBe(0);
    }),
    { numRuns: 50 },
  );
});

test('pages that the image did not have are part of a patch, apart from those of zeros', () => {
  const overlay = new OverlayMemory(someMemory());
  const before = overlay.state();
  overlay.grow(2);
  overlay.write(at(0, (PAGES + 1) * PAGE_SIZE + 5), Uint8Array.of(7));
  const patch = reread(finish(makePatch(before, overlay.state(), nodeHasher)));
  expect(patch.changes.map(({ offset, after }) => [offset, after.length])).toEqual([[(PAGES + 1) * PAGE_SIZE, PAGE_SIZE]]);
  expect(apply(patch, someMemory())[(PAGES + 1) * PAGE_SIZE + 5]).toBe(7);
});

describe('an image that differs in one byte is refused', () => {
  const { patch } = patchOf(someMemory(), [{ to: 100, bytes: Uint8Array.of(1, 2, 3) }]);
  const withByte = (offset: number, byte: number): BytesMemory => {
    const memory = someMemory();
    memory.write(at(0, offset), Uint8Array.of(byte));
    return memory;
  };

  test('at a changed place: with the offset', () => {
    expect(() => apply(patch, withByte(101, 77))).toThrow(
      'The patch is for another image. The first difference is at offset 0x65.',
    );
  });

  test('elsewhere: with the page', () => {
    expect(() => apply(patch, withByte(2 * PAGE_SIZE + 5, 1))).toThrow(
      'The patch is for another image. The first difference is in the 64 KiB from offset 0x20000 on.',
    );
  });

  test('with another size', () => {
    const longer = someMemory();
    longer.grow(1);
    expect(() => apply(patch, longer)).toThrow(
      'The first difference is at offset 0x30000, where the shorter of the two ends. It has 262144 bytes, and the image of the patch has 196,608.'.replace(
        '262144',
        '262,144',
      ),
    );
  });

  test('after the patch was applied: it says so', () => {
    const memory = someMemory();
    memory.write(at(0, 100), Uint8Array.of(1, 2, 3));
    expect(() => apply(patch, memory)).toThrow(/0x64\. The bytes there are as the patch would make them/);
  });

  test('with any one byte, at random', () => {
    fc.assert(
      fc.property(fc.nat(PAGE_SIZE * PAGES - 1), fc.integer({ min: 1, max: 255 }), (offset, change) => {
        const memory = someMemory();
        const [byte = 0] = readBytes(memory, at(0, offset), 1);
        memory.write(at(0, offset), Uint8Array.of(byte ^ change));
        expect(() => apply(patch, memory)).toThrow(/The patch is for another image/);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a file that is not a patch is refused, with its line', () => {
  const { patch } = patchOf(someMemory(), [
    { to: 100, bytes: Uint8Array.of(1, 2, 3) },
    { to: 500, bytes: Uint8Array.of(1, 2, 3) },
  ]);
  const text = [...patchText(patch)].join('');
  const cases: readonly (readonly [string, string, string])[] = [
    ['nothing', '', 'line 1 is missing'],
    ['another file', 'hello', 'line 1 is not a JSON object'],
    ['another schema', text.replace('patch/1', 'patch/9'), 'line 1 does not have "schema": "stable-memory/patch/1"'],
    ['a cut file', text.split('\n').slice(0, 2).join('\n'), 'line 3 is missing'],
    ['a line too many', `${text}{}\n`, 'line 4 is one more than the first line counts'],
    ['an offset past the end', text.replace('"offset":500', '"offset":999999'), 'line 3 is past the end of the image'],
    ['lines in another order', text.replace('"offset":500', '"offset":50'), 'line 3 is not in the order of the offsets'],
    ['bytes that are not hex', text.replace('"old":"', '"old":"x'), 'line 2 has no bytes "old" and "new" in hex'],
    ['fewer old bytes', text.replace(/"old":"../, '"old":"'), 'line 2 does not have as many old bytes as new ones'],
    [
      'a size that is not of whole pages',
      text.replace('"bytes":196608', '"bytes":196607'),
      'line 1 has sizes that no image can have',
    ],
  ];
  test.for(cases)('%s', ([, damaged, problem]) => {
    expect(() => readPatch(damaged, 'p.jsonl')).toThrow(`p.jsonl is not a patch: ${problem}.`);
  });

  test('old bytes that were edited', () => {
    const edited = readPatch(text.replace(/"old":"646566"/, '"old":"646567"'), 'p.jsonl');
    expect(() => apply(edited, someMemory())).toThrow(/0x66\. The patch was edited or is damaged/);
  });
});

test('a range of zeros has no checksum, so that an image of holes has few', () => {
  const { patch } = patchOf(someMemory(), []);
  expect([...patch.checksums.keys()]).toEqual([0]);
});
