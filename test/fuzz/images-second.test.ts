import { test } from 'vitest';
import { runCases, SEED } from './reader.ts';
import { IMAGE_READER } from './readers/images.ts';

const half = IMAGE_READER.cases / 2;

test(`the second ${half} images`, () => runCases(IMAGE_READER, SEED, half, half));
