import { beforeEach, expect, test, vi } from 'vitest';
import { FINDINGS } from '../../../../engine/core/findings.ts';
import type { FindingRow, ScanSummary } from '../../../../engine/views/protocol.ts';
import type { ShownMemory } from '../../../../extension/host/snapshots/active-memory.ts';

interface FakeDiagnostic {
  readonly message: string;
  readonly severity: number;
}

/** The lists of Problems, by the path of their document. */
const listed = vi.hoisted(() => new Map<string, readonly FakeDiagnostic[]>());

vi.mock('vscode', async () => {
  const fake = await import('../fake-vscode.ts');
  class FakeUri {
    readonly scheme: string;
    readonly path: string;
    constructor(scheme: string, path: string) {
      this.scheme = scheme;
      this.path = path;
    }
    with({ scheme }: { readonly scheme: string }): FakeUri {
      return new FakeUri(scheme, this.path);
    }
    toString(): string {
      return `${this.scheme}:${this.path}`;
    }
  }
  const never = () => ({ dispose: () => undefined });
  return {
    ...fake,
    Uri: { file: (path: string) => new FakeUri('file', path) },
    Range: class {},
    Diagnostic: class {
      readonly message: string;
      readonly severity: number;
      constructor(_: unknown, message: string, severity: number) {
        this.message = message;
        this.severity = severity;
      }
    },
    DiagnosticSeverity: { Error: 0, Warning: 1, Information: 2 },
    languages: {
      createDiagnosticCollection: () => ({
        set: (uri: FakeUri, diagnostics: readonly FakeDiagnostic[]) => listed.set(uri.path, diagnostics),
        delete: (uri: FakeUri) => listed.delete(uri.path),
        dispose: () => undefined,
      }),
    },
    window: { ...fake.window, onDidChangeActiveTextEditor: never, onDidChangeTextEditorSelection: never },
    workspace: { ...fake.workspace, registerTextDocumentContentProvider: never },
  };
});

const { ActiveMemory } = await import('../../../../extension/host/snapshots/active-memory.ts');
const { Problems } = await import('../../../../extension/host/snapshots/problems.ts');

const finding = (severity: FindingRow['severity'], start: number): FindingRow => ({
  code: 'btree.node-reached-twice',
  severity,
  at: { start, length: 1 },
  part: 'memory/0',
  message: 'A node is reached\ntwice.',
  ...{ means: FINDINGS['btree.node-reached-twice'].means, remedy: FINDINGS['btree.node-reached-twice'].remedy },
  ...{ path: [], causedBy: undefined, more: 0 },
});

const scan: ScanSummary = {
  usage: { metadata: 0, live: 0, free: 0, slack: 0, leaked: 0, unmanaged: 0, unknown: 0 },
  ...{ cyclesPerYear: '0', cyclesPerYearUnused: '0', cost: [], cutShort: undefined },
  findings: [finding('error', 16), finding('warning', 32), finding('information', 48)],
  findingCounts: { error: 1, warning: 1, information: 1 },
};

const shown = (memory: ShownMemory['memory']): ShownMemory => ({
  ...{ memory, title: 'a', document: 'a', scan },
  ...{ select: () => undefined, redraw: () => undefined },
});

beforeEach(() => listed.clear());

test('errors and warnings of a snapshot are Problems, with their place, until it is closed', () => {
  const active = new ActiveMemory();
  const problems = new Problems(active);
  const one = shown({ kind: 'snapshot', path: '/a.bin' });
  active.use(one);
  active.scanned(one);
  const diagnostics = listed.get('/a.bin findings') ?? [];
  expect(diagnostics.map(({ message, severity }) => [message, severity])).toEqual([
    ['A node is reached twice. (0x10)', 0],
    ['A node is reached twice. (0x20)', 1],
  ]);
  active.drop(one.memory);
  expect([...listed]).toEqual([]);
  problems.dispose();
});

test('the findings of a step of a trace are none, because they change with each step', () => {
  const active = new ActiveMemory();
  const problems = new Problems(active);
  const one = shown({ kind: 'step', session: '1' });
  active.use(one);
  active.scanned(one);
  expect([...listed]).toEqual([]);
  problems.dispose();
});
