import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { at, byteLength, offsetAt, readBytes } from '../../../../engine/core/memory/memory.ts';
import { bytesOf, bytesOfSpace } from '../../../../engine/views/bytes/bytes-of.ts';
import { spaceView } from '../../../../engine/views/bytes/space-view.ts';
import { imageBytes } from '../../../fixtures.ts';
import { opened, openedBytes } from '../../snapshot/opened.ts';

const NAMES = ['mm-basic', 'openchat-like-b128', 'regions-basic-eop', 'memory-buffer-text', 'restricted-memory'];

law.prop([fc.constantFrom(...NAMES), fc.nat(), fc.nat()])(
  'a space leads to the bytes that its memory has',
  (name, which, place) => {
    const snapshot = opened(name);
    const space = snapshot.spaces[which % snapshot.spaces.length];
    if (space === undefined || byteLength(space.memory) === 0) return;
    const view = spaceView(snapshot, space.part);
    if (view === undefined) throw new Error('The space is gone.');
    expect(view).toMatchObject({ part: space.part, bytes: byteLength(space.memory) });
    expect(view.starts.length).toBe(Math.ceil(view.bytes / view.pieceBytes));
    const address = place % view.bytes;
    const offset = (view.starts[Math.floor(address / view.pieceBytes)] ?? 0) + (address % view.pieceBytes);
    const [expected] = space.memory.toImage(at(0, address), 1);
    expect(Number.isNaN(offset) ? undefined : offset).toBe(expected?.start);
    const { bytes, offset: first } = bytesOfSpace(snapshot, space, address, 100);
    expect(first).toBe(address);
    expect(bytes).toEqual(readBytes(space.memory, at(0, address), Math.min(100, view.bytes - address)));
    if (!Number.isNaN(offset)) expect(bytes[0]).toBe(bytesOf(snapshot, offset, 1).bytes[0]);
  },
);

test('bytes of a memory that the file lacks are said to be missing', () => {
  const image = imageBytes('mm-basic');
  const [start, length] = [offsetAt(0, 0x10010), 16];
  const snapshot = openedBytes(image, 'image', [{ start, length }]);
  const space = snapshot.spaces.find(({ memory }) => memory.toImage(at(0, 0), 1)[0]?.start === 0x10000);
  if (space === undefined) throw new Error('No memory has the first bucket.');
  expect(bytesOfSpace(snapshot, space, 0, 64).missing).toEqual([{ start: 0x10, length: 16 }]);
});

test('there is no view of a memory that there is not', () => {
  expect(spaceView(opened('mm-basic'), 'memory/99')).toBeUndefined();
});
