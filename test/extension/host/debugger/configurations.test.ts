import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Uri, user, window, workspace } from '../fake-vscode.ts';

vi.mock('vscode', () => import('../fake-vscode.ts'));

const { configurations, traceList } = await import('../../../../extension/host/debugger/configurations.ts');

const FILE = '$' + '{file}';
const open = (scheme: string, path: string) => {
  window.activeTextEditor = { document: { uri: Uri.from({ scheme, path }) } };
};
const resolve = (config: object) =>
  configurations.resolveDebugConfiguration?.(undefined, { type: '', name: '', request: '', ...config });
const start = (config: object) =>
  configurations.resolveDebugConfigurationWithSubstitutedVariables?.(undefined, { type: '', name: '', request: '', ...config });

beforeEach(() => {
  window.activeTextEditor = undefined;
  user.said = [];
});

describe('F5 without a configuration', () => {
  test.each([
    ['stable-memory-trace', '/w/a.smtrace'],
    ['stable-memory-trace', '/w/a.smtrace.jsonl'],
    ['file', '/w/a.smtrace.jsonl'],
    ['file', '/w/a.smtrace.gz'],
  ])('steps through the trace in the active editor: %s %s', (scheme, path) => {
    open(scheme, path);
    expect(resolve({})).toMatchObject({ type: 'stable-memory', request: 'launch', trace: path, stopOnEntry: true });
  });

  test.each([
    ['file', '/w/main.mo'],
    ['git', '/w/a.smtrace'],
  ])('does nothing in any other editor: %s %s', (scheme, path) => {
    open(scheme, path);
    expect(resolve({})).toBeUndefined();
  });

  test('does nothing if no editor is open', () => {
    expect(resolve({})).toBeUndefined();
  });
});

describe('a configuration', () => {
  test('that names the open file means the trace whose text is open', () => {
    open('stable-memory-trace', '/w/a.smtrace');
    expect(resolve({ name: 'mine', trace: FILE })).toMatchObject({ name: 'mine', trace: '/w/a.smtrace' });
  });

  test('that names a trace is left as it is', () => {
    open('stable-memory-trace', '/w/a.smtrace');
    expect(resolve({ trace: '/w/b.smtrace', stopOnEntry: false })).toMatchObject({ trace: '/w/b.smtrace', stopOnEntry: false });
  });

  test.each([[{}], [{ trace: '' }], [{ trace: 3 }]])('without a trace does not start, and says why: %j', async (config) => {
    expect(await start(config)).toBeUndefined();
    expect(user.said).toEqual([expect.stringMatching(/^There is no trace to step through\. Open one/)]);
  });

  test('with a trace starts', async () => {
    expect(await start({ trace: '/w/a.smtrace' })).toMatchObject({ trace: '/w/a.smtrace' });
  });
});

test('every trace of the workspace is offered, by name', async () => {
  workspace.findFiles = async () => ['/w/b.smtrace', '/w/a.smtrace.jsonl'].map(Uri.file);
  const offered = await traceList.provideDebugConfigurations?.(undefined);
  expect(offered?.map(({ name }) => name)).toEqual(['Step through a.smtrace.jsonl', 'Step through b.smtrace']);
});
