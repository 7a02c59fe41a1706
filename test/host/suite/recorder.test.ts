import { strict as assert } from 'node:assert';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { assemble, END, functionType } from '../../engine/recorder/instrument/assemble.ts';
import { closeEverything, inside, sample, tabs, until } from './inside.ts';

const SCRIPT = 'notes/notes.calls.jsonl';
const TRACE = 'notes/notes.smtrace';

/** Returns the titles of the lenses above a script, each with its line from 1. */
async function lenses(script = SCRIPT): Promise<readonly string[]> {
  const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', sample(script));
  return found.map(({ range, command }) => `${range.start.line + 1}: ${command?.title}`);
}

/** Runs a task to its end, and returns its exit code. */
async function runTask(definition: Readonly<Record<string, string>>, during?: (execution: vscode.TaskExecution) => void) {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder);
  const tasks = vscode.workspace.getConfiguration('tasks', folder.uri);
  await tasks.update('version', '2.0.0', vscode.ConfigurationTarget.WorkspaceFolder);
  await tasks.update(
    'tasks',
    [{ label: 'record it', type: 'stable-memory', ...definition }],
    vscode.ConfigurationTarget.WorkspaceFolder,
  );
  const task = await until('task', async () => (await vscode.tasks.fetchTasks()).find(({ name }) => name === 'record it'));
  const ended = new Promise<number | undefined>((resolve) => {
    const listener = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
      if (execution.task.name !== 'record it') return;
      listener.dispose();
      resolve(exitCode);
    });
  });
  const execution = await vscode.tasks.executeTask(task);
  during?.(execution);
  return ended;
}

describe('Recording', () => {
  afterEach(closeEverything);
  after(() => rmSync(sample('.vscode/tasks.json').fsPath, { force: true }));

  it('runs a script, opens its trace, and shows how each call ended', async () => {
    const { useModule } = await inside();
    await useModule(sample(SCRIPT), sample('notes/.dfx/local/canisters/notes/notes.wasm'));
    await vscode.window.showTextDocument(sample(SCRIPT));
    assert.deepEqual(await lenses(), ['1: ▶ Record with notes', '1: Choose Another Module…']);
    await vscode.commands.executeCommand('stableMemory.recordTrace', sample(SCRIPT));
    assert.ok(existsSync(sample(TRACE).fsPath));
    const isTrace = ({ input }: vscode.Tab) =>
      input instanceof vscode.TabInputText && input.uri.scheme === 'stable-memory-trace' && input.uri.path.endsWith(TRACE);
    await until('tab of the trace', () => tabs().some(isTrace) || undefined);
    assert.deepEqual(
      (await lenses()).filter((title) => !title.includes('odule') && !title.includes('Record')),
      [
        '1: ✓ replied',
        '2: ✓ replied (0 : nat64)',
        '3: ✓ replied (1 : nat64)',
        '4: ✓ replied ("second, a longer one — with ünïcode")',
        '5: ✗ trapped: assertion failed at notes.mo:43.5-43.17',
        '5: Step to It',
        '6: ✓ replied (4294967295 : nat64)',
        '7: ✓ replied ("first note")',
        '8: ✗ trapped: assertion failed at notes.mo:32.5-32.21',
        '8: Step to It',
        '9: ✓ replied',
        '10: ✓ replied (2 : nat64)',
        '11: ✓ replied ("third call.")',
      ],
    );
  });

  it('of an edited script replaces its trace, and keeps the outcomes of the other lines', async () => {
    const before = readFileSync(sample(TRACE).fsPath).length;
    const document = await vscode.workspace.openTextDocument(sample(SCRIPT));
    const editor = await vscode.window.showTextDocument(document);
    await editor.edit((edit) => edit.delete(new vscode.Range(8, 0, 9, 0)));
    assert.ok((await lenses()).includes('9: ✓ replied (2 : nat64)'));
    await vscode.commands.executeCommand('stableMemory.recordTrace', sample(SCRIPT));
    assert.equal(document.isDirty, false);
    assert.ok(readFileSync(sample(TRACE).fsPath).length < before);
  });

  it('leads to the trap of a call', async () => {
    await vscode.window.showTextDocument(sample(SCRIPT));
    const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', sample(SCRIPT));
    const command = found.find((lens) => lens.command?.title === 'Step to It')?.command;
    assert.ok(command);
    await vscode.commands.executeCommand(command.command, ...(command.arguments ?? []));
    await until('stop at the trap', async () => {
      const session = vscode.debug.activeDebugSession;
      const stack = await session?.customRequest('stackTrace', { threadId: 1 }).then(undefined, () => undefined);
      return /^#\d+ trap/.test(stack?.stackFrames[0]?.name ?? '') || undefined;
    });
  });

  it('reports a line of a script that is not a call', async () => {
    const script = sample('notes/wrong.calls.jsonl');
    writeFileSync(script.fsPath, '{"call":"init"}\n// a comment\n{"call":"upgrad"}\n');
    const document = await vscode.workspace.openTextDocument(script);
    assert.equal(document.languageId, 'smcalls');
    await vscode.window.showTextDocument(document);
    const [problem] = await until('problem', () => {
      const found = vscode.languages.getDiagnostics(script);
      return found.length > 0 ? found : undefined;
    });
    assert.equal(problem?.range.start.line, 2);
    assert.match(problem?.message ?? '', /^"call" is "upgrad"\. It must be one of init, /);
  });

  it('writes a script with a call of each method', async () => {
    const { newScriptText } = await inside();
    assert.match(
      await newScriptText(sample('notes/notes.wasm').fsPath),
      /^\/\/ add : \("text": text\) -> \(nat64\)\n\{"call":"update","method":"add","arg":"\(\\"…\\"\)"\}$/m,
    );
  });

  it('is a task, and writes a trace with another name', async () => {
    const trace = 'notes/by-task.smtrace';
    assert.equal(await runTask({ task: 'record', wasm: 'notes/notes.wasm', calls: SCRIPT, trace }), 0);
    assert.ok(readFileSync(sample(trace).fsPath).includes('ic-stable-trace'));
  });

  it('of a task never replaces what it did not record', async () => {
    const trace = 'notes/mine.smtrace';
    writeFileSync(sample(trace).fsPath, 'mine');
    assert.equal(await runTask({ task: 'record', wasm: 'notes/notes.wasm', calls: SCRIPT, trace }), 1);
    assert.equal(readFileSync(sample(trace).fsPath, 'utf8'), 'mine');
  });

  it('of an endless loop can be cancelled, and leaves a readable trace', async () => {
    const loop = [0x03, 0x40, 0x0c, 0, END];
    const wasm = assemble({
      types: [functionType([])],
      functions: [
        { type: 0, code: [], export: 'canister_init' },
        { type: 0, code: loop, export: 'canister_update spin' },
      ],
    });
    const script = sample('notes/endless/endless.calls.jsonl');
    mkdirSync(dirname(script.fsPath), { recursive: true });
    writeFileSync(sample('notes/endless/endless.wasm').fsPath, wasm);
    writeFileSync(script.fsPath, '{"call":"init"}\n{"call":"update","method":"spin"}\n');
    const trace = sample('notes/endless/endless.smtrace');
    await runTask(
      { task: 'record', wasm: 'notes/endless/endless.wasm', calls: 'notes/endless/endless.calls.jsonl' },
      (execution) =>
        void until('trace', () => existsSync(trace.fsPath) || undefined).then(() => setTimeout(() => execution.terminate(), 500)),
    );
    await vscode.commands.executeCommand('vscode.open', trace);
    const text = await until('text of the trace', () => {
      const document = vscode.window.activeTextEditor?.document;
      return document?.uri.scheme === 'stable-memory-trace' ? document.getText() : undefined;
    });
    assert.match(text, /init/);
  });
});
