/**
 * Single damages of sound images: a finding of the right family reports each one at the damaged bytes, with few others around it.
 */

import { describe, expect, test } from 'vitest';
import { scanImage } from '../../../../engine/snapshot/full-scan.ts';
import type { PlacedFinding } from '../../../../engine/snapshot/placed.ts';
import { fixtureNames, sidecar } from '../../../fixtures.ts';
import { opened } from '../opened.ts';

interface Sidecar {
  readonly expectAnyCode?: readonly string[];
  readonly expect?: { readonly severity?: 'error'; readonly anyFinding?: boolean; readonly memory: number };
  readonly patches: readonly { readonly offset: number; readonly length: number }[];
}

/** Maximum findings: more would hide the first ones. */
const MAX_FINDINGS = 60;

const isGrave = ({ severity }: PlacedFinding): boolean => severity !== 'information';

function touches({ at }: PlacedFinding, patches: Sidecar['patches']): boolean {
  return patches.some(({ offset, length }) => at.start < offset + length && offset < at.start + at.length);
}

describe.each(fixtureNames('damage'))('%s', (name) => {
  const { expectAnyCode, expect: expected, patches } = sidecar<Sidecar>(name);
  const { findings } = scanImage(opened(name));
  const grave = findings.filter(isGrave);

  if (expectAnyCode !== undefined) {
    const named = grave.filter(({ code }) => expectAnyCode.some((prefix) => code.startsWith(prefix)));
    test('is reported by its family', () => expect(named.length).toBeGreaterThan(0));
    test('is reported at the damaged bytes', () =>
      expect(named.filter((finding) => touches(finding, patches)).length).toBeGreaterThan(0));
  }

  if (expected !== undefined) {
    const { severity, anyFinding, memory } = expected;
    const inMemory = grave.filter(({ part }) => part === `memory/${memory}` || part.startsWith(`memory/${memory}/`));
    const errors = findings.filter((finding) => finding.severity === 'error');
    if (severity === 'error')
      test('is an error in its memory', () =>
        expect(inMemory.filter((finding) => finding.severity === 'error').length).toBeGreaterThan(0));
    else
      test('is a warning in its memory, where anything shows it', () => {
        expect(errors).toEqual([]);
        if (anyFinding === true) expect(inMemory.length).toBeGreaterThan(0);
      });
  }

  test('causes few findings', () => expect(findings.length).toBeLessThanOrEqual(MAX_FINDINGS));
});
