import { expect, test } from 'vitest';
import { runCases } from './reader.ts';
import { READERS } from './readers.ts';

/** A fixed seed, so that the cases are always the same. `npm run fuzz` tries others. */
const SEED = 1;

test('the short run has 100,000 cases', () => expect(READERS.reduce((sum, { cases }) => sum + cases, 0)).toBe(100_000));

test.each(READERS)('$name: $cases cases', (reader) => runCases(reader, SEED, 0, reader.cases));
