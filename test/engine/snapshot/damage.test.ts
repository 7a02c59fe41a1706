/** Single damages on sound images: a finding of the right family names each, at the damaged bytes, and none is buried in a flood. */
import { describe, expect, test } from 'vitest';
import type { PlacedFinding } from '../../../engine/snapshot/snapshot.ts';
import { surveyImage } from '../../../engine/snapshot/usage.ts';
import { fixtureNames, sidecar } from '../../fixtures.ts';
import { opened } from './opened.ts';

interface Sidecar {
  readonly expectAnyCode?: readonly string[];
  readonly expect?: { readonly severity?: 'error'; readonly anyFinding?: boolean; readonly memory: number };
  readonly patches: readonly { readonly offset: number; readonly length: number }[];
}

/** A finding more would hide what the first ones say. */
const MAX_FINDINGS = 60;

/** Damages that are still not named, or named at other bytes. */
const PENDING: ReadonlySet<string> = new Set([
  'bf-overlap: is named at the damaged bytes',
  'bt-overflow-into-free: is named at the damaged bytes',
  'log-count-plus: is named at the damaged bytes',
  'mt-parent: is named at the damaged bytes',
  'rg-next-region-low: is named at the damaged bytes',
]);

const isGrave = ({ severity }: PlacedFinding): boolean => severity !== 'information';

function touches({ at }: PlacedFinding, patches: Sidecar['patches']): boolean {
  return patches.some(({ offset, length }) => at.start < offset + length && offset < at.start + at.length);
}

describe.each(fixtureNames('damage'))('%s', (name) => {
  const { expectAnyCode, expect: expected, patches } = sidecar<Sidecar>(name);
  const testCase = (what: string, body: () => void): void => {
    if (PENDING.has(`${name}: ${what}`)) test.fails(`${what} (still wrong)`, body);
    else test(what, body);
  };
  const { findings } = surveyImage(opened(name));
  const grave = findings.filter(isGrave);

  if (expectAnyCode !== undefined) {
    const named = grave.filter(({ code }) => expectAnyCode.some((prefix) => code.startsWith(prefix)));
    testCase('is named by its family', () => expect(named.length).toBeGreaterThan(0));
    testCase('is named at the damaged bytes', () =>
      expect(named.filter((finding) => touches(finding, patches)).length).toBeGreaterThan(0),
    );
  }

  if (expected !== undefined) {
    const { severity, anyFinding, memory } = expected;
    const inMemory = grave.filter(({ part }) => part === `memory/${memory}` || part.startsWith(`memory/${memory}/`));
    const errors = findings.filter((finding) => finding.severity === 'error');
    if (severity === 'error')
      testCase('is an error in its memory', () =>
        expect(inMemory.filter((finding) => finding.severity === 'error').length).toBeGreaterThan(0),
      );
    else
      testCase('is a warning in its memory, where anything shows it', () => {
        expect(errors).toEqual([]);
        if (anyFinding === true) expect(inMemory.length).toBeGreaterThan(0);
      });
  }

  testCase('gives few findings', () => expect(findings.length).toBeLessThanOrEqual(MAX_FINDINGS));
});
