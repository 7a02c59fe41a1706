import { strict as assert } from 'node:assert';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { closeEverything, inside, sample, sha256, tabs, until } from './inside.ts';
import { errors, openTrace, press, stopAfter, stops, TRACE, watchStops } from './stepping.ts';

describe('Traces', () => {
  let tracker: vscode.Disposable;
  before(() => {
    tracker = watchStops();
  });
  after(() => tracker.dispose());
  afterEach(closeEverything);

  it('open as read-only text, in one tab', async () => {
    const document = await openTrace();
    assert.equal(document.languageId, 'smtrace');
    assert.match(document.getText(), /#1\b/);
    await until('single tab', () => tabs().length === 1 || undefined);
    assert.ok(tabs()[0]?.input instanceof vscode.TabInputText);
    await vscode.commands.executeCommand('type', { text: 'x' });
    assert.equal(document.isDirty, false);
  });

  it('step forwards, and back to the same place', async () => {
    const before = sha256(sample(TRACE));
    await openTrace();
    const start = await stopAfter(() => vscode.commands.executeCommand('stableMemory.stepThrough'));
    const first = await stopAfter(press('stepOver'));
    const second = await stopAfter(press('stepOver'));
    const back = await stopAfter(press('stepBack'));
    assert.notDeepEqual(first, start);
    assert.notDeepEqual(second, first);
    assert.deepEqual(back, first);
    assert.deepEqual(await stopAfter(press('stepBack')), start);
    assert.deepEqual(errors, []);
    assert.equal(sha256(sample(TRACE)), before);
  });

  it('step back into and out of messages, and show numbers in hex, with our own commands', async () => {
    await openTrace();
    const start = await stopAfter(() => vscode.commands.executeCommand('stableMemory.stepThrough'));
    const first = await stopAfter(press('stepInto'));
    await stopAfter(press('stepInto'));
    assert.deepEqual(await stopAfter(() => vscode.commands.executeCommand('stableMemory.stepBackInto')), first);
    assert.deepEqual(await stopAfter(() => vscode.commands.executeCommand('stableMemory.stepBackOut')), start);
    const session = await until('session', () => vscode.debug.activeDebugSession);
    const steps = async (): Promise<string> => (await session.customRequest('evaluate', { expression: '10 + 6' })).result;
    await vscode.commands.executeCommand('stableMemory.toggleHex');
    assert.equal(await steps(), '0x10');
    await vscode.commands.executeCommand('stableMemory.toggleHex');
    assert.equal(await steps(), '16');
    assert.deepEqual(errors, []);
  });

  it('run to their end and back to their start', async () => {
    await openTrace();
    const start = await stopAfter(() => vscode.commands.executeCommand('stableMemory.stepThrough'));
    const end = await stopAfter(press('continue'));
    assert.ok(end.line > start.line, `${end.line} is not after ${start.line}`);
    assert.deepEqual(await stopAfter(press('reverseContinue')), start);
  });

  it('stop at a breakpoint on a line of their text', async () => {
    const document = await openTrace();
    const line = document
      .getText()
      .split('\n')
      .findIndex((text) => /#20\b/.test(text));
    const breakpoint = new vscode.SourceBreakpoint(new vscode.Location(document.uri, new vscode.Position(line, 0)));
    vscode.debug.addBreakpoints([breakpoint]);
    try {
      await stopAfter(() => vscode.commands.executeCommand('stableMemory.stepThrough'));
      assert.equal((await stopAfter(press('continue'))).line, line + 1);
      assert.equal(stops.at(-1), 'breakpoint');
    } finally {
      vscode.debug.removeBreakpoints([breakpoint]);
    }
  });

  it('start with F5 and no configuration', async () => {
    await openTrace();
    const before = stops.length;
    await vscode.debug.startDebugging(undefined, { type: 'stable-memory', request: 'launch', name: '' });
    await until('stop', () => stops.length > before || undefined);
  });

  it('lead the trees to the memory at the step', async () => {
    const { activeTitle, rows } = await inside();
    await openTrace();
    await stopAfter(() => vscode.commands.executeCommand('stableMemory.stepThrough'));
    await stopAfter(press('stepOver'));
    await until('step', () => activeTitle() === 'Step through memory-region.smtrace' || undefined);
    assert.ok((await rows('freeLists')).length > 0);
    await vscode.commands.executeCommand('stableMemory.showMoment');
    await until('view of the step', () => tabs().find(({ input }) => input instanceof vscode.TabInputWebview));
    await vscode.debug.stopDebugging();
    await until('end of the step', () => activeTitle() === undefined || undefined);
    await until('end of its view', () => !tabs().some(({ input }) => input instanceof vscode.TabInputWebview) || undefined);
  });

  it('stop at a bucket out of order, and show both orders', async () => {
    const { activeTitle, rows } = await inside();
    await openTrace('traces/buckets-out-of-order.smtrace');
    await stopAfter(() => vscode.commands.executeCommand('stableMemory.stepThrough'));
    await stopAfter(press('continue'));
    assert.equal(stops.at(-1), 'exception');
    await until('step', () => activeTitle() === 'Step through buckets-out-of-order.smtrace' || undefined);
    const permuted = (await rows('memories')).filter(({ fault }) => fault === 'error');
    assert.deepEqual(
      permuted.map(({ label, description }) => [label, description]),
      [['memory 8', '2 pages · a load permutes its pages']],
    );
    assert.match(permuted[0]?.tooltip ?? '', /grew into buckets 13, 6; a load puts them in the order 6, 13/);
    assert.deepEqual(
      (await rows('memories', 'memory 8')).map(({ label, description }) => [label, description.split(' · ').at(-1)]),
      [
        ['bucket 13', 'bucket 6 after a load'],
        ['bucket 6', 'bucket 13 after a load'],
      ],
    );
  });

  it('have their command line in a terminal', async () => {
    await vscode.commands.executeCommand('stableMemory.openCommandLine');
    const terminal = await until('terminal', () => vscode.window.terminals.find(({ name }) => name === 'Stable Memory'));
    terminal.dispose();
  });

  it('can be written by hand, and stepped through', async () => {
    const { newTraceText } = await inside();
    const file = vscode.Uri.file(join(tmpdir(), `by-hand-${process.pid}.smtrace.jsonl`));
    writeFileSync(file.fsPath, await newTraceText());
    const document = await vscode.workspace.openTextDocument(file);
    assert.equal(document.languageId, 'smtrace-jsonl');
    await vscode.window.showTextDocument(document);
    const start = await stopAfter(() => vscode.commands.executeCommand('stableMemory.stepThrough'));
    const next = await stopAfter(press('stepOver'));
    assert.ok(next.line > start.line);
  });

  it('report a file that is not a trace', async () => {
    const file = vscode.Uri.file(join(tmpdir(), `no-trace-${process.pid}.smtrace`));
    writeFileSync(file.fsPath, 'no trace');
    await vscode.commands.executeCommand('vscode.open', file);
    await until('end of its tab', () => !tabs().some(({ input }) => input instanceof vscode.TabInputCustom) || undefined);
  });
});
