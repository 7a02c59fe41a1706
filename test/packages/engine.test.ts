/** The package `@stable-memory/engine` as it is published: packed, installed, and used as its readme says. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiPage, apiReport } from '../../tools/api-report.ts';
import { buildEngine, engineFolder } from '../../tools/engine-package.ts';
import { copyPackage } from '../../tools/package-files.ts';
import { bin, root } from '../../tools/project.ts';
import { InstalledPackage } from './installed-package.ts';

let engine: InstalledPackage;

beforeAll(async () => {
  engine = await InstalledPackage.make('engine', async (folder) => {
    copyPackage(engineFolder, folder);
    await buildEngine(join(folder, 'dist'));
  });
});

afterAll(() => engine?.remove());

const readme = readFileSync(join(engineFolder, 'README.md'), 'utf8');
const examples = [...readme.matchAll(/^## ([^\n]+)\n[^#]*?^```js\n(.*?)^```$/gms)].map(
  ([, title = '', code = '']): readonly [string, string] => [title, code],
);

test('the readme has three examples that Node runs', () => {
  expect(examples.map(([title]) => title)).toEqual([
    'Open a snapshot and list a map',
    'Replay a trace to a step',
    'Run a map on a memory',
  ]);
});

test.for(examples)('%s: the example of the readme', ([title, code]) => {
  mkdirSync(join(engine.folder, 'my-snapshot'), { recursive: true });
  cpSync(join(root, 'media/sample/stable_memory.bin.gz'), join(engine.folder, 'my-snapshot/stable_memory.bin.gz'));
  cpSync(join(root, 'test/fixtures/traces/hand-written.smtrace.jsonl'), join(engine.folder, 'run.smtrace'));
  const file = `${title.toLowerCase().replaceAll(' ', '-')}.mjs`;
  writeFileSync(join(engine.folder, file), code);
  expect(engine.run(file)).toMatchSnapshot();
});

test('the examples have no type errors', () => {
  for (const [index, [, code]] of examples.entries()) writeFileSync(join(engine.folder, `example-${index}.mjs`), code);
  const compilerOptions = {
    target: 'ES2023',
    module: 'NodeNext',
    strict: true,
    noEmit: true,
    allowJs: true,
    checkJs: true,
    skipLibCheck: false,
    lib: ['ES2024', 'DOM'],
    types: [],
  };
  const files = examples.map((_, index) => `example-${index}.mjs`);
  writeFileSync(join(engine.folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  const { stdout } = spawnSync(bin('tsc'), ['-p', engine.folder], { encoding: 'utf8' });
  expect(stdout).toBe('');
});

test('the API is the one in docs/api/engine.md: `npm run api` writes it anew', () => {
  expect(apiReport(join(engine.folder, 'node_modules/@stable-memory/engine/dist'))).toBe(readFileSync(apiPage, 'utf8'));
});

test('publint has nothing to say', async () => {
  const { messages, pkg } = await publint({ pack: { tarball: engine.tarballBytes() }, strict: true });
  expect(messages.map((message) => formatMessage(message, pkg) ?? message.code)).toEqual([]);
});

test('the types are right for every way to import it', async () => {
  const checked = await checkPackage(createPackageFromTarballData(new Uint8Array(engine.tarballBytes())));
  // The package has modules alone: who still uses `require` imports them dynamically, or has a Node that can.
  const ways = ['node16-esm', 'bundler'];
  expect(checked.types).toMatchObject({ kind: 'included' });
  const problems = checked.types && 'problems' in checked ? checked.problems : [];
  expect(problems.filter((problem) => !('resolutionKind' in problem) || ways.includes(problem.resolutionKind))).toEqual([]);
});

test('it has no test, no fixture and no source', () => {
  const odd = engine
    .files()
    .filter((file) => !/^(package\.json|README\.md|LICENSE|dist\/NOTICES\.txt|dist\/.*\.(js|d\.ts))$/.test(file));
  expect(odd).toEqual([]);
});

test('only the entry for Node imports modules of Node', () => {
  const folder = join(engine.folder, 'node_modules/@stable-memory/engine');
  const users = engine
    .files()
    .filter((file) => file.endsWith('.js') && readFileSync(join(folder, file), 'utf8').includes('from "node:'));
  expect(users).toEqual(['dist/node/index.js']);
});
