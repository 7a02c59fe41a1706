/**
 * Writes `docs/findings.md` from the engine's table: `npm run docs`. A test fails when the page is out of date.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FINDINGS, type FindingKind } from '../engine/core/findings.ts';

/** The heading of each subject of finding codes. */
const SUBJECTS: Readonly<Record<string, string>> = {
  image: 'The file of an image',
  mm: 'Memory manager',
  btree: 'BTreeMap and BTreeSet',
  alloc: 'Chunk allocator of a BTreeMap',
  vec: 'Vec',
  heap: 'MinHeap',
  cell: 'Cell',
  log: 'Log',
  region: 'Motoko regions',
  'stable-variables': 'Motoko stable variables',
  buffer: 'MemoryBuffer',
  'value-log': 'Logs that programs make themselves',
  'indexed-log': 'Indexes over data that programs make themselves',
  layout: 'Declared layouts',
  'memory-btree': 'MemoryBTree',
  queue: 'MemoryQueue',
  'memory-region': 'MemoryRegion',
  memory: 'Memories and the structures in them',
  dump: 'Dumps of upgrade hooks',
  trace: 'Traces',
  lock: 'Differences from a layout lock',
};

export function findingsPage(): string {
  const subjects = new Map<string, [string, FindingKind][]>();
  for (const [code, kind] of Object.entries(FINDINGS)) {
    const [subject = ''] = code.split('.');
    subjects.set(subject, [...(subjects.get(subject) ?? []), [code, kind]]);
  }
  const lines = [
    '# Findings',
    '',
    'Everything that `stable-memory check` and the snapshot editor can find. A code is stable: `subject.defect`.',
    'An *error* means that data is lost, unreachable or will be overwritten; a *warning* is waste, or a trap in waiting;',
    '*information* is a fact worth knowing.',
    '',
    '<!-- Made by `npm run docs` from engine/core/findings.ts. -->',
  ];
  for (const [subject, kinds] of subjects) {
    lines.push(
      '',
      `## ${SUBJECTS[subject] ?? subject}`,
      '',
      '| code | severity | what it means | what to do |',
      '|---|---|---|---|',
    );
    for (const [code, { severity, means, remedy }] of kinds) lines.push(`| \`${code}\` | ${severity} | ${means} | ${remedy} |`);
  }
  return `${lines.join('\n')}\n`;
}

if (process.argv[1] === import.meta.filename)
  writeFileSync(join(import.meta.dirname, '..', 'docs', 'findings.md'), findingsPage());
