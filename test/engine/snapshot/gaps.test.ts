import { expect, test } from 'vitest';
import { offsetAt } from '../../../engine/core/memory/memory.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { imageBytes } from '../../fixtures.ts';
import { openedBytes } from './opened.ts';

test.each([
  ['btreemap-v2-tuples', 'within the table of owners', 9_839, Number.POSITIVE_INFINITY],
  ['btreemap-v2-tuples', 'of the magic', 1, 2],
  ['btreemap-v2-principal', 'of the magic', 0, 1],
  ['stablevars-classical-preupgrade', 'of the stable variables', 18, 1],
])('%s with missing bytes %s has no error', (name, _, from, length) => {
  const bytes = Uint8Array.from(imageBytes(name));
  const gap = { start: offsetAt(0, from), length: Math.min(length, bytes.length - from) };
  bytes.fill(0, gap.start, gap.start + gap.length);
  const { findings } = scanImage(openedBytes(bytes, name, [gap]));
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(findings.map(({ code }) => code)).toContain('image.not-downloaded');
});
