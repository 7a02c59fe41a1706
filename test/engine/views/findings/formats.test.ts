/** Findings as other tools read them: SARIF, annotations of GitHub, baselines. */
import { expect, test } from 'vitest';
import { UserError } from '../../../../engine/core/user-error.ts';
import { scanImage } from '../../../../engine/snapshot/full-scan.ts';
import { checkReport, type FindingLine } from '../../../../engine/views/check.ts';
import { annotationOf } from '../../../../engine/views/findings/annotations.ts';
import { readBaseline, withoutKnown, writeBaseline } from '../../../../engine/views/findings/baseline.ts';
import { sarifLog } from '../../../../engine/views/findings/sarif.ts';
import { opened } from '../../snapshot/opened.ts';
import { problemsOfSarif } from './sarif-rules.ts';

const ODD: FindingLine = {
  code: 'lock.key-type',
  severity: 'error',
  offset: 65_536,
  length: 64,
  part: 'memory/0/btreemap',
  message: '100 % of the keys,\r\nall: “odd” ones',
  path: ['spaces', 'memory/0', 'key'],
};
const NOTE: FindingLine = { ...ODD, code: 'mm.freed-bucket', severity: 'information', wasted: 5 };

function located(finding: FindingLine, file = 'snapshots/a b.bin', line?: number) {
  return { finding, file, line };
}

test('a log for each fixture with findings is SARIF 2.1.0', () => {
  for (const name of ['corrupt-btree-len', 'corrupt-mm-bucket-lost', 'mm-reclaimed-v071', 'corrupt-base']) {
    const snapshot = opened(name);
    const { findings } = checkReport(snapshot, scanImage(snapshot));
    const run = { findings: findings.map((finding) => located(finding)), complete: true, remarks: snapshot.remarks };
    const log = JSON.parse(JSON.stringify(sarifLog([run, { findings: [], complete: false, remarks: ['A remark.'] }], '1.2.3')));
    expect(problemsOfSarif(log)).toEqual([]);
    expect(log.runs[0].results).toHaveLength(findings.length);
  }
});

test('the rules of SARIF find what is wrong', () => {
  expect(problemsOfSarif({})).not.toEqual([]);
  const log = JSON.parse(JSON.stringify(sarifLog([{ findings: [located(ODD)], complete: true, remarks: [] }], '1.2.3')));
  log.runs[0].results[0].level = 'fatal';
  delete log.runs[0].results[0].message;
  delete log.runs[0].tool.driver.name;
  expect(problemsOfSarif(log)).toEqual([
    'runs[0].tool.driver.name is missing',
    'runs[0].results[0].message is missing',
    'runs[0].results[0].level cannot be "fatal"',
  ]);
});

test('places and levels in SARIF', () => {
  const run = {
    findings: [located(ODD, 'canister/stable-memory.lock.json', 12), located(NOTE, '/data/a b.bin')],
    complete: true,
    remarks: [],
  };
  const { runs } = JSON.parse(JSON.stringify(sarifLog([run], '1.2.3')));
  expect(runs[0].results).toMatchObject([
    {
      ruleId: 'lock.key-type',
      ruleIndex: 0,
      level: 'error',
      message: { text: ODD.message },
      locations: [
        {
          physicalLocation: { artifactLocation: { uri: 'canister/stable-memory.lock.json' }, region: { startLine: 12 } },
          logicalLocations: [{ fullyQualifiedName: 'memory/0/btreemap' }],
        },
      ],
    },
    {
      ruleId: 'mm.freed-bucket',
      ruleIndex: 1,
      level: 'note',
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'file:///data/a%20b.bin' },
            region: { startLine: 1, byteOffset: 65_536, byteLength: 64 },
          },
        },
      ],
    },
  ]);
});

test('an annotation of GitHub is one line, and nothing in it ends a property or the command', () => {
  const line = annotationOf(located(ODD, 'a,b:c%.json', 3));
  expect(line).toMatch(
    /^::error file=a%2Cb%3Ac%25\.json,line=3,title=lock\.key-type in memory\/0\/btreemap::100 %25 of the keys,%0D%0Aall: “odd” ones%0A[^\n]+$/,
  );
  expect(annotationOf(located(NOTE))).toMatch(/^::notice file=snapshots\/a b\.bin,title=[^,:]+::.* At 0x10000\.%0A/);
});

test('a baseline is sorted, has each finding once, and is read as it was written', () => {
  const text = writeBaseline([ODD, NOTE, ODD]);
  expect(JSON.parse(text)).toEqual({
    schema: 'stable-memory/baseline/1',
    findings: [ODD, NOTE].map(({ code, part, message }) => ({ code, part, message })),
  });
  expect(text.split('\n')).toHaveLength(8);
  expect(withoutKnown([ODD, NOTE, { ...ODD, message: 'Another.' }], readBaseline(text, 'b.json'))).toEqual([
    { ...ODD, message: 'Another.' },
  ]);
  expect(readBaseline(writeBaseline([]), 'b.json').size).toBe(0);
});

test('a finding whose cause is known stays, and others keep their causes', () => {
  const effect = { ...NOTE, message: 'It follows.', causedBy: 0 };
  const [cause, other] = [ODD, { ...ODD, message: 'Other.' }];
  const known = readBaseline(writeBaseline([cause]), 'b.json');
  expect(withoutKnown([cause, effect, other, { ...effect, message: 'Second.', causedBy: 2 }], known)).toEqual([
    { ...effect, causedBy: undefined },
    other,
    { ...effect, message: 'Second.', causedBy: 1 },
  ]);
});

test.each([
  ['', 'it is not JSON.'],
  ['[]', 'its schema is not "stable-memory/baseline/1".'],
  ['{"schema":"stable-memory/baseline/1"}', 'its "findings" are not a list.'],
  ['{"schema":"stable-memory/baseline/1","findings":[{"code":"a"}]}', 'finding 1 does not have a code, a part and a message.'],
])('%s is not a baseline', (text, problem) => {
  expect(() => readBaseline(text, 'b.json')).toThrow(UserError);
  expect(() => readBaseline(text, 'b.json')).toThrow(`b.json is not a baseline: ${problem}`);
});
