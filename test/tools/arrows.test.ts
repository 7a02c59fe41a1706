/** Tests that the linter rejects forbidden imports. A temporary project has a file for each case; the linter runs once over all. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
const project = mkdtempSync(join(tmpdir(), 'arrows-'));
afterAll(() => rmSync(project, { recursive: true, force: true }));

/** Names of the files with an import that the linter rejects. */
const refused = new Set<string>();

beforeAll(() => {
  const settings = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'));
  writeFileSync(join(project, 'biome.json'), JSON.stringify({ ...settings, $schema: undefined, vcs: { enabled: false } }));
  for (const [file, module] of [...forbidden, ...allowed]) {
    const path = join(project, fileOf(file, module));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `import { thing } from '${module}';\n\nexport const used = thing;\n`);
  }
  const rules = [
    '--only=style/noRestrictedImports',
    '--only=correctness/noNodejsModules',
    '--max-diagnostics=none',
    '--diagnostic-level=error',
  ];
  const { stdout, stderr } = spawnSync(process.execPath, [biome, 'lint', ...rules, '.'], { cwd: project, encoding: 'utf8' });
  for (const [name] of `${stdout}${stderr}`.matchAll(/case-\d+\.ts/g)) refused.add(name);
});

/** Returns the path of the file of a case. */
function fileOf(file: string, module: string): string {
  const cases = [...forbidden, ...allowed];
  return join(dirname(file), `case-${cases.findIndex((one) => one[0] === file && one[1] === module)}.ts`);
}

const forbidden: readonly (readonly [string, string])[] = [
  ['engine/core/memory/file.ts', 'vscode'],
  ['engine/core/memory/file.ts', 'vscode-languageserver'],
  ['engine/core/memory/file.ts', '@vscode/debugadapter'],
  ['engine/core/memory/file.ts', 'node:fs'],
  ['engine/core/memory/file.ts', 'fs'],
  ['engine/core/memory/file.ts', '../../node/file-source.ts'],
  ['engine/snapshot/file.ts', '../../extension/host/engine-client.ts'],
  ['engine/snapshot/file.ts', '../../webview/state/state.ts'],
  ['engine/values/codecs/file.ts', 'cbor-x'],
  ['engine/project/file.ts', '../snapshot/snapshot.ts'],
  ['engine/project/sources/file.ts', '../../rust/recognise.ts'],
  ['engine/node/file.ts', 'vscode'],
  ['engine/node/file.ts', '../../extension/host/engine-client.ts'],
  ['webview/file.ts', 'vscode'],
  ['webview/file.ts', 'node:fs'],
  ['webview/file.ts', '../engine/core/memory/memory.ts'],
  ['webview/map/file.ts', '../../engine/snapshot/open.ts'],
  ['webview/map/file.ts', '../../extension/host/engine-client.ts'],
  ['webview/timeline/file.ts', '../../engine/views/timeline/timeline-view.ts'],
  ['extension/host/file.ts', '../../webview/state/state.ts'],
  ['extension/worker/file.ts', 'vscode'],
  ['servers/debug-adapter/file.ts', 'vscode'],
  ['servers/language-server/file.ts', 'vscode'],
  ['extension/worker/file.ts', '../../webview/state/state.ts'],
  ['extension/worker/file.ts', '../host/engine-client.ts'],
  ['extension/host/file.ts', '../../cli/main.ts'],
  ['servers/open-files/file.ts', '../../extension/worker/calls.ts'],
  ['cli/file.ts', '../extension/worker/calls.ts'],
  ['engine/snapshot/file.ts', '../views/protocol.ts'],
  ['engine/trace/state/file.ts', '../../views/protocol.ts'],
  ['engine/snapshot/file.ts', '../lock/lock.ts'],
  ['engine/rust/btree/file.ts', '../../lock/lock.ts'],
  ['engine/lock/file.ts', '../views/check.ts'],
  ['engine/lock/file.ts', '../trace/timeline.ts'],
  ['engine/lock/file.ts', '../node/lock-file.ts'],
  ['engine/trace/file.ts', '../public/timeline.ts'],
  ['engine/values/file.ts', '../snapshot/snapshot.ts'],
  ['engine/rust/btree/file.ts', '../../snapshot/snapshot.ts'],
  ['engine/core/file.ts', '../rust/open.ts'],
  ['engine/snapshot/file.ts', '../compare/compare-snapshots.ts'],
  ['engine/compare/file.ts', '../views/protocol.ts'],
  ['engine/snapshot/file.ts', '../repair/patch/patch.ts'],
  ['engine/repair/patch/file.ts', '../../views/protocol.ts'],
  ['engine/snapshot/file.ts', '../recover/recovered.ts'],
  ['engine/recover/file.ts', '../views/protocol.ts'],
  ['engine/core/file.ts', '../../servers/open-files/traces.ts'],
];

const allowed: readonly (readonly [string, string])[] = [
  ['engine/core/memory/file.ts', './source.ts'],
  ['engine/snapshot/file.ts', '../core/memory/memory.ts'],
  ['engine/lock/file.ts', '../snapshot/snapshot.ts'],
  ['engine/values/codecs/file.ts', 'cbor-x/decode'],
  ['engine/node/file.ts', 'node:fs'],
  ['engine/node/file.ts', '../core/memory/memory.ts'],
  ['engine/repair/patch/file.ts', '../../snapshot/snapshot.ts'],
  ['engine/public/file.ts', '../views/inspect.ts'],
  ['engine/compare/file.ts', '../snapshot/snapshot.ts'],
  ['engine/views/file.ts', '../compare/compare-snapshots.ts'],
  ['webview/file.ts', '../engine/views/protocol.ts'],
  ['webview/map/file.ts', '../../engine/views/protocol.ts'],
  ['webview/timeline/file.ts', '../../engine/views/timeline/calls.ts'],
  ['extension/host/file.ts', 'vscode'],
  ['extension/worker/file.ts', '../../engine/core/memory/memory.ts'],
];

test.for(forbidden)('%s must not import %s', ([file, module]) => {
  expect(refused).toContain(basename(fileOf(file, module)));
});

test.for(allowed)('%s may import %s', ([file, module]) => {
  expect(refused).not.toContain(basename(fileOf(file, module)));
});
