import { strict as assert } from 'node:assert';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { closeEverything, sample, until } from './inside.ts';

const SCHEME = 'stable-memory-trace';

/** Opens a trace as text. */
async function openTrace(file: vscode.Uri): Promise<vscode.TextDocument> {
  await vscode.commands.executeCommand('vscode.open', file);
  return until('text of the trace', () => {
    const document = vscode.window.activeTextEditor?.document;
    return document?.uri.scheme === SCHEME && document.uri.path === file.path ? document : undefined;
  });
}

/** Asks a provider until it has an answer: the language server starts with the first document. */
function ask<T>(command: string, ...args: readonly unknown[]): Promise<readonly T[]> {
  return until(command, async () => {
    const answer = await vscode.commands.executeCommand<T[] | undefined>(`vscode.execute${command}`, ...args);
    return answer && answer.length > 0 ? answer : undefined;
  });
}

function lineOf(document: vscode.TextDocument, pattern: RegExp): number {
  return document
    .getText()
    .split('\n')
    .findIndex((text) => pattern.test(text));
}

/** Two messages, the second undone, with a block that is freed twice. */
const FAULTY = `{"magic": "ic-stable-trace", "version": 1, "producer": "test"}
[0, 1, "region 16"]
[0, 2, "add"]
[3, 1, 3, 1, {"region": 16}]
[1, 1, 1, 2]
[7, 1, 0, 2048]
[8, 1, 0, 2048]
[8, 1, 0, 2048]
[2, 1, 0]
[1, 2, 1, 2]
[7, 1, 0, 64]
[2, 2, 2]
`;

function write(name: string, text: string): vscode.Uri {
  const file = vscode.Uri.file(join(tmpdir(), `${name}-${process.pid}.smtrace.jsonl`));
  writeFileSync(file.fsPath, text);
  return file;
}

describe('A trace as a document', () => {
  afterEach(closeEverything);

  it('has an outline, folding, definitions, references, hints and lenses', async () => {
    const document = await openTrace(sample('traces/memory-region.smtrace'));
    const symbols = await ask<vscode.DocumentSymbol>('DocumentSymbolProvider', document.uri);
    assert.ok(symbols.some(({ kind }) => kind === vscode.SymbolKind.Namespace));
    const free = lineOf(document, /#\d+ .*deallocate/);
    const place = new vscode.Position(free, document.lineAt(free).text.indexOf('0x') + 1);
    const [definition] = await ask<vscode.Location>('DefinitionProvider', document.uri, place);
    assert.match(document.lineAt(definition?.range.start.line ?? 0).text, /allocate/);
    const references = await ask<vscode.Location>('ReferenceProvider', document.uri, place);
    assert.ok(references.some(({ range }) => range.start.line === free));
    const hints = await ask<vscode.InlayHint>('InlayHintProvider', document.uri, new vscode.Range(0, 0, 60, 0));
    assert.ok(hints.some(({ label }) => JSON.stringify(label).includes('live')));
  });

  it('shows its faults as problems, until it is closed', async () => {
    const file = write('faulty', FAULTY);
    // A document that an extension opens stays open for minutes after its editor.
    await vscode.commands.executeCommand('vscode.open', file);
    const found = await until('problems', () => {
      const problems = vscode.languages.getDiagnostics(file);
      return problems.length > 0 ? problems : undefined;
    });
    assert.deepEqual(
      found.map(({ message, range }) => `${range.start.line} ${message}`),
      ['7 Step 3 freed 0x0 + 2,048, but these bytes are already free. Step 2 freed them.'],
    );
    const lenses = await until('lenses', async () => {
      const all = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', file, 10);
      return all.some(({ command }) => command?.title === 'Step to Here') ? all : undefined;
    });
    assert.deepEqual(
      lenses.map(({ command }) => command?.title),
      ['Step to Here', '3 steps, 0 pages touched, replied', 'Step to Here', '2 steps, 0 pages touched, trapped'],
    );
    const folds = await ask<vscode.FoldingRange>('FoldingRangeProvider', file);
    assert.ok(folds.some(({ start, end }) => start === 4 && end === 8));
    await closeEverything();
    await until('end of the problems', () => vscode.languages.getDiagnostics(file).length === 0 || undefined);
  });

  it('goes to a step with its lens, and in the running session', async () => {
    const document = await openTrace(sample('traces/memory-region.smtrace'));
    const lineNow = async (): Promise<number | undefined> => {
      const session = vscode.debug.activeDebugSession;
      const stack = await session?.customRequest('stackTrace', { threadId: 1 }).then(undefined, () => undefined);
      return stack?.stackFrames[0]?.line;
    };
    for (const step of [5, 9]) {
      const line = lineOf(document, new RegExp(`#${step}\\b`)) + 1;
      await vscode.commands.executeCommand('stableMemory.stepTo', document.uri.toString(), step);
      await until(`step ${step}`, async () => (await lineNow()) === line || undefined);
    }
  });

  it('of many events has parts, and a breakpoint in a part stops there', async () => {
    const events = Array.from({ length: 250_000 }, (_, at) => `[7, 1, ${8 * at}, 8]`);
    const text = [
      '{"magic": "ic-stable-trace", "version": 1, "producer": "test"}',
      '[0, 1, "region 16"]',
      '[3, 1, 3, 1, {"region": 16}]',
      ...events,
    ];
    // Not the name of a text file, so that its text is generated.
    const file = vscode.Uri.file(join(tmpdir(), `long-${process.pid}.smtrace`));
    writeFileSync(file.fsPath, `${text.join('\n')}\n`);
    const first = await openTrace(file);
    assert.equal(first.lineCount, 100_001);
    const [link] = await ask<vscode.DocumentLink>('LinkProvider', first.uri);
    assert.ok(link?.target);
    assert.equal(link.range.start.line, 100_000);
    const second = await vscode.workspace.openTextDocument(link.target);
    assert.match(second.lineAt(0).text, /^↑ Part 1 of 3 ends with step #99997$/);
    const line = lineOf(second, /#150000\b/);
    const breakpoint = new vscode.SourceBreakpoint(new vscode.Location(second.uri, new vscode.Position(line, 0)));
    vscode.debug.addBreakpoints([breakpoint]);
    try {
      await vscode.commands.executeCommand('stableMemory.stepTo', first.uri, 149_990);
      const top = async (): Promise<{ readonly name: string; readonly line: number; readonly path: string } | undefined> => {
        const session = vscode.debug.activeDebugSession;
        const stack = await session?.customRequest('stackTrace', { threadId: 1 }).then(undefined, () => undefined);
        const [frame] = stack?.stackFrames ?? [];
        return frame && { name: frame.name, line: frame.line, path: frame.source.path };
      };
      await until('start', async () => (await top())?.name.startsWith('#149990 ') || undefined);
      await vscode.commands.executeCommand('workbench.action.debug.continue');
      const stop = await until('stop at the breakpoint', async () => {
        const frame = await top();
        return frame?.name.startsWith('#150000 ') ? frame : undefined;
      });
      assert.equal(stop.line, line + 1);
      assert.equal(vscode.Uri.parse(stop.path).toString(), second.uri.toString());
      await until('part of the step', () => vscode.window.activeTextEditor?.document.uri.query === 'part=2' || undefined);
    } finally {
      vscode.debug.removeBreakpoints([breakpoint]);
    }
  });
});
