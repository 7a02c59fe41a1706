/** Comments and messages stay in plain English; CONTRIBUTING.md says how, docs/glossary.md which words. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

/** What a native engineer would not say, and what to say. */
const ODD: readonly (readonly [RegExp, string])[] = [
  [
    /\/\*\* (Of|So many|Whether|What|How many|How much|Where|Says|Answers|Tells) /,
    'Begin with a verb or a noun: "Returns…", "Maximum…".',
  ],
  [/(?<![Tt]here )\b(is|are) no (gzip|trace|snapshot|file|number|memory|map|structure|CBOR|codec)\b/, '"is not a …"'],
  [/\b(stands?|lies?|stood|lay) (at|in(?! region \$)|behind|there)\b/, '"is at", "starts at", "is in"'],
  [/(?<!blocks )\bhand(s|ed|ing)? out\b/, 'allocate'],
  [/\b(gives?|given|gave) back\b/, 'free'],
  [/\b(survey|leftover|heed)(s|ed|ing)?\b/i, 'full scan, residual, apply'],
  [/\b(MOST|LEAST)_[A-Z]/, 'MAX_, MIN_'],
];

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((file) => /^(cli|engine|extension|servers|tools|webview)\/.*\.tsx?$/.test(file) && existsSync(join(root, file)));

test.each(ODD)('nothing reads like %s', (odd, better) => {
  const found = files.flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .flatMap((line, index) => (odd.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  );
  expect(found, better).toEqual([]);
});
