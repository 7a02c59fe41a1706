import { beforeEach, expect, test, vi } from 'vitest';
import { installed } from './fake-vscode.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

const { opensInCustomEditor } = await import('../../../extension/host/custom-editors.ts');

beforeEach(() => {
  installed.length = 0;
});

/** Installs an extension with an editor for files of these names. */
function install(priority: string | undefined, ...patterns: readonly string[]): void {
  const selector = patterns.map((filenamePattern) => ({ filenamePattern }));
  installed.push({ packageJSON: { contributes: { customEditors: [{ viewType: 'viewer', priority, selector }] } } });
}

test.each([
  ['*.sqlite', true],
  ['*.SQLite', true],
  ['*.{db,sqlite}', true],
  ['**/*.sqlite', true],
  ['{file,vscode-remote}:/**/main-?.sqlite', true],
  ['main-1.sqlite', true],
  ['*.sqlite3', false],
  ['*.{db,sqlite3}', false],
  ['*sqlite', true],
  ['main-1?sqlite', true],
])('an editor for %s opens main-1.sqlite: %s', (pattern, opens) => {
  install('default', '*.parquet', pattern);
  expect(opensInCustomEditor('main-1.sqlite')).toBe(opens);
});

test('an editor without a priority is the default', () => {
  install(undefined, '*.sqlite');
  expect(opensInCustomEditor('main.sqlite')).toBe(true);
});

test('an editor that only the user can choose opens nothing by itself', () => {
  install('option', '*.sqlite', '*');
  expect(opensInCustomEditor('main.sqlite')).toBe(false);
});

test.each([
  [undefined],
  [{}],
  [{ contributes: { customEditors: {} } }],
  [{ contributes: { customEditors: [1, { selector: [{}] }] } }],
])('a manifest such as %j has no editors', (packageJSON) => {
  installed.push({ packageJSON });
  expect(opensInCustomEditor('main.sqlite')).toBe(false);
});
