import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { closeEverything, until } from './inside.ts';
import { openTrace, press, stopAfter, stops, watchStops } from './stepping.ts';

const TRACE = 'traces/memory-manager.smtrace';
const BYTES = { place: 'memory 0:0x3', bytes: 1, access: 'write' };

const run = (command: string, argument?: unknown) => () => vscode.commands.executeCommand(`stableMemory.${command}`, argument);

/** Opens the trace, starts to step through it, and returns the first frame. */
async function start(): Promise<{ readonly name: string; readonly line: number }> {
  await openTrace(TRACE);
  return stopAfter(run('stepThrough'));
}

/** Asks the running session for the value of an expression. */
async function evaluate(expression: string): Promise<string> {
  const session = await until('session', () => vscode.debug.activeDebugSession);
  const { result } = await session.customRequest('evaluate', { expression, context: 'repl' });
  return result;
}

describe('Time travel', () => {
  let tracker: vscode.Disposable;
  before(() => {
    tracker = watchStops();
  });
  after(() => tracker.dispose());
  afterEach(async () => {
    await run('stopWatching', BYTES)();
    await closeEverything();
  });

  it('goes to the last write, again and again, and to the next one', async () => {
    await start();
    await stopAfter(press('continue'));
    const last = await stopAfter(run('goToLastWrite', BYTES));
    assert.match(last.name, /^#\d+ write 0x[0-3] /);
    assert.equal(stops.at(-1), 'goto');
    const before = await stopAfter(run('goToLastWrite', BYTES));
    assert.ok(before.line < last.line, `${before.line} is not before ${last.line}`);
    assert.deepEqual(await stopAfter(run('goToNextWrite', BYTES)), last);
  });

  it('goes to the last write of a row of the variables and of a line of the trace', async () => {
    await start();
    await stopAfter(press('continue'));
    const last = await stopAfter(run('goToLastWrite', BYTES));
    const session = await until('session', () => vscode.debug.activeDebugSession);
    const { stackFrames } = await session.customRequest('stackTrace', { threadId: 1 });
    const { scopes } = await session.customRequest('scopes', { frameId: stackFrames[0].id });
    const { variablesReference } = scopes[0];
    const { variables } = await session.customRequest('variables', { variablesReference });
    const variable = variables.find(({ name }: { readonly name: string }) => name === 'bytes');
    const before = await stopAfter(run('goToLastWrite', { sessionId: session.id, container: { variablesReference }, variable }));
    assert.ok(before.line < last.line, `${before.line} is not before ${last.line}`);
    // Without a menu, the line of the cursor names the bytes.
    const editor = await until('editor', () => vscode.window.activeTextEditor);
    editor.selection = new vscode.Selection(last.line - 1, 0, last.line - 1, 0);
    assert.deepEqual(await stopAfter(run('goToNextWrite')), last);
  });

  it('goes back and forward between the moments of a session', async () => {
    const first = await start();
    const end = await stopAfter(press('continue'));
    const last = await stopAfter(run('goToLastWrite', BYTES));
    assert.deepEqual(await stopAfter(run('goBackInTime')), end);
    assert.deepEqual(await stopAfter(run('goBackInTime')), first);
    await stopAfter(run('goForwardInTime'));
    assert.deepEqual(await stopAfter(run('goForwardInTime')), last);
  });

  it('stops at watched bytes, also in a later session', async () => {
    const first = await start();
    await run('breakOnBytes', BYTES)();
    const hit = await stopAfter(press('continue'));
    assert.equal(stops.at(-1), 'breakpoint');
    assert.match(hit.name, /write/);
    await closeEverything();
    assert.deepEqual(await start(), first);
    assert.deepEqual(await stopAfter(press('continue')), hit);
    await run('stopWatching', BYTES)();
    await stopAfter(press('continue'));
    assert.match(await evaluate('step'), /^([\d,]+) of \1$/);
  });
});
