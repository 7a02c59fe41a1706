import { expect, test, vi } from 'vitest';
import { matchLines, type RecordedLine } from '../../../../extension/host/recorder/outcomes.ts';

vi.mock('vscode', () => import('../fake-vscode.ts'));

const recorded = ['init', 'add', 'get', 'add', 'get'].map(
  (text, index): RecordedLine => ({
    text,
    outcome: { line: index + 1, name: text, outcome: 'replied', text: `${index}`, step: undefined },
  }),
);

/** Returns the recorded line of each line of an edited script. */
const matched = (...lines: readonly string[]) =>
  [...matchLines(recorded, lines)].map(([line, { text }]) => `${lines[line]?.trim()} ${text}`);

test('an unchanged script has all outcomes', () => {
  expect(matched('init', 'add', 'get', 'add', 'get')).toEqual(['init 0', 'add 1', 'get 2', 'add 3', 'get 4']);
});

test('lines that are added, changed or moved right have no influence on the others', () => {
  expect(matched('// a comment', '', 'init', '  add', 'other', 'get', 'add', 'new', 'get')).toEqual([
    'init 0',
    'add 1',
    'get 2',
    'add 3',
    'get 4',
  ]);
});

test('a removed line takes its outcome along', () => {
  expect(matched('init', 'add', 'add', 'get')).toEqual(['init 0', 'add 1', 'add 3', 'get 4']);
});
