import { expect, test } from 'vitest';
import { SourceMemory } from '../../../engine/memory/source.ts';
import { Snapshot } from '../../../engine/snapshot/snapshot.ts';

test('a search that does not go through all of a huge image says so', () => {
  const bytes = 2 * 2 ** 30;
  const memory = new SourceMemory({ size: bytes, read: () => undefined });
  const { remarks } = new Snapshot({ title: 'huge', memory, bytes, missing: [], remarks: [] });
  expect(remarks).toEqual(['Structures without a manager were looked for in the first 1 GiB alone.']);
});
