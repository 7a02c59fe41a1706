import { expect, test } from 'vitest';
import { runCases, SEED } from './reader.ts';
import { IMAGE_READER } from './readers/images.ts';
import { READERS } from './readers.ts';

test('the short run has 100,000 cases', () => expect(READERS.reduce((sum, { cases }) => sum + cases, 0)).toBe(100_000));

// Images take as long as all others together: two other files have a half of them each, so that all cores have work.
test.each(READERS.filter((reader) => reader !== IMAGE_READER))('$name: $cases cases', (reader) =>
  runCases(reader, SEED, 0, reader.cases),
);
