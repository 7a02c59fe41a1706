/** Nothing of a canister runs in a workspace that is not trusted. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { ran, user, workspace } from '../fake-vscode.ts';

vi.mock('vscode', () => import('../fake-vscode.ts'));
const { isTrusted } = await import('../../../../extension/host/recorder/trust.ts');

beforeEach(() => {
  user.said = [];
  user.choose = () => undefined;
  ran.length = 0;
  workspace.isTrusted = false;
});

test('in a workspace that is not trusted, recording is refused, and says why', async () => {
  expect(await isTrusted('Recording')).toBe(false);
  expect(user.said).toEqual(["Recording runs a canister's module, in a sandbox. It needs a workspace that you trust."]);
  expect(ran).toEqual([]);
});

test('the user can trust it from there', async () => {
  user.choose = () => 'Manage Workspace Trust';
  expect(await isTrusted('Recording')).toBe(false);
  expect(ran).toEqual([['workbench.trust.manage']]);
});

test('in a trusted one nothing is said', async () => {
  workspace.isTrusted = true;
  expect([await isTrusted('Recording'), user.said]).toEqual([true, []]);
});

test.each(['record-command', 'rehearse-command', 'record-task'])('%s asks before anything starts', (name) => {
  const source = readFileSync(join(import.meta.dirname, `../../../../extension/host/recorder/${name}.ts`), 'utf8');
  expect(source).toMatch(/isTrusted/);
});
