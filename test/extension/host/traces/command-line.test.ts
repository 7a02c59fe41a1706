import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Uri, window } from '../fake-vscode.ts';

vi.mock('vscode', () => import('../fake-vscode.ts'));

const { CommandLine } = await import('../../../../extension/host/traces/command-line.ts');

/** Returns an extension whose command line is `script`. */
function withScript(script: string) {
  const folder = mkdtempSync(join(tmpdir(), "it's a command line "));
  mkdirSync(join(folder, 'dist'));
  writeFileSync(join(folder, 'dist', 'stable-memory.mjs'), script);
  const commandLine: InstanceType<typeof CommandLine> = Reflect.construct(CommandLine, [Uri.file(folder)]);
  return { folder, commandLine };
}

describe('the command line', () => {
  test('receives its arguments unchanged', async () => {
    const { folder, commandLine } = withScript(
      `import { writeFileSync } from 'node:fs'; writeFileSync(process.argv[2], JSON.stringify(process.argv.slice(3)));`,
    );
    await commandLine.run([join(folder, 'out'), "a b's", '$HOME', '']);
    expect(JSON.parse(readFileSync(join(folder, 'out'), 'utf8'))).toEqual(["a b's", '$HOME', '']);
  });

  test('fails with its error message', async () => {
    const { commandLine } = withScript(`console.error('This is not a recording.'); process.exitCode = 2;`);
    await expect(commandLine.run(['import', 'x'])).rejects.toThrow(/^This is not a recording\.$/);
  });
});

describe('the terminal', () => {
  const sent: string[] = [];

  beforeEach(() => {
    sent.length = 0;
    window['createTerminal'] = () => ({ show: () => undefined, sendText: (text: string) => sent.push(text) });
  });

  test.runIf(process.platform !== 'win32')('has a command that runs it, wherever it is', async () => {
    const { execFileSync } = await import('node:child_process');
    const { commandLine } = withScript(`console.log(process.argv.slice(2).join('|'));`);
    commandLine.openTerminal();
    const output = execFileSync('/bin/sh', ['-c', [sent[0], 'stable-memory inspect "a b"'].join('\n')], { encoding: 'utf8' });
    expect(output).toBe('inspect|a b\n');
  });
});
