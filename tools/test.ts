/**
 * Runs all tests of the project, stage by stage, and prints a summary: `npm test`.
 *
 *   npm test                     all stages
 *   npm test -- unit browser     only these stages (build and package first to test the packaged extension)
 *   npm test -- --floor          host and browser on the oldest supported VS Code
 *   npm test -- --spec=trace     only the specs of the browser test whose name contains "trace"
 *
 * The last line is "N passed, N failed" and counts single tests. A stage without single tests counts only if it fails.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { buildPeers } from './peers.ts';
import { bin, cache, main, type RunOptions, root, run, Unavailable } from './project.ts';

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** The names of failed tests, as far as their runner tells them. The summary lists them, as a log may have only its end. */
  readonly failures: readonly string[];
}

interface Stage {
  readonly name: string;
  readonly title: string;
  /** The stage that must succeed before this one can run. */
  readonly needs?: string;
  /** True for a stage that mostly uses one core. It runs beside those after it, which mostly wait. */
  readonly isBeside?: boolean;
  readonly run: () => Promise<Counts>;
}

const stages: readonly Stage[] = [
  { name: 'lint', title: 'Format, lint and import arrows (Biome), dead code (Knip)', run: lint },
  { name: 'types', title: 'Types (TypeScript)', run: types },
  { name: 'unit', title: 'Engine and tools (Vitest)', run: () => vitest('unit', 'test/vitest.config.ts') },
  { name: 'fuzz', title: 'Mutation fuzzing, 100,000 cases (Vitest)', run: () => vitest('fuzz', 'test/fuzz/vitest.config.ts') },
  { name: 'build', title: 'Build (esbuild)', run: () => command(process.execPath, ['tools/build.ts']) },
  {
    name: 'audit',
    title: 'Known vulnerabilities (npm)',
    needs: 'build',
    run: () => command(process.execPath, ['tools/dependencies/audit.ts']),
  },
  { name: 'package', title: 'Package (vsce)', needs: 'build', run: () => command(process.execPath, ['tools/package.ts']) },
  { name: 'peers', title: 'Against the real libraries (Cargo, Motoko)', isBeside: true, run: peers },
  { name: 'host', title: 'Inside the extension host (Mocha)', needs: 'package', run: () => counted('host', 'test/host/run.ts') },
  {
    name: 'browser',
    title: 'In a browser on a real VS Code',
    needs: 'package',
    run: () => counted('browser', 'test/e2e/run.ts'),
  },
];

const options = process.argv.slice(2).filter((argument) => argument.startsWith('--'));
const chosen = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));

const none: Counts = { passed: 0, failed: 0, skipped: 0, failures: [] };
const sum = (a: Counts, b: Counts): Counts => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
  failures: [...a.failures, ...b.failures],
});

async function command(name: string, args: readonly string[], runOptions: RunOptions = {}): Promise<Counts> {
  const code = await run(name, args, runOptions);
  return { ...none, failed: code === 0 ? 0 : 1 };
}

async function lint(): Promise<Counts> {
  return sum(await command(bin('biome'), ['check']), await command(bin('knip'), ['--no-progress']));
}

async function types(): Promise<Counts> {
  const projects = ['.', 'engine', 'webview', 'test/tsconfig.dom.json'].map((project) => command(bin('tsc'), ['-p', project]));
  return (await Promise.all(projects)).reduce(sum);
}

/**
 * Runs the comparison with the real libraries. Without Cargo the Rust library is skipped, except in continuous integration.
 * Motoko's compiler is one of the packages, and the canisters bring their own Rust.
 */
async function peers(): Promise<Counts> {
  const config = 'test/peers/vitest.config.ts';
  const missing = await buildPeers();
  if (missing === undefined) return vitest('peers', config);
  const required = (process.env['CI'] ?? '') !== '';
  console.log(`${required ? 'Failed, because CI is set' : 'The Rust library is skipped'}: ${missing}`);
  const others = await vitest(
    'peers',
    config,
    'test/peers/motoko',
    'test/peers/canisters.test.ts',
    'test/peers/recording.test.ts',
    'test/peers/rehearse',
  );
  return sum(others, required ? { ...none, failed: 1 } : { ...none, skipped: 1 });
}

/** The part of Vitest's JSON report that is read here. */
interface VitestResult {
  readonly numPassedTests?: number;
  readonly numFailedTests?: number;
  readonly numPendingTests?: number;
  readonly numTodoTests?: number;
  readonly testResults?: readonly VitestFile[];
}

interface VitestFile {
  readonly name: string;
  readonly status: string;
  readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
}

/** Returns a name for each failed test of a file, or the file's own if it could not be loaded. */
function failuresOf({ name, assertionResults }: VitestFile): readonly string[] {
  const file = relative(root, name);
  const failed = assertionResults.filter(({ status }) => status === 'failed');
  return failed.length === 0 ? [file] : failed.map(({ fullName }) => `${file}: ${fullName}`);
}

/** Runs Vitest. With `files`, runs only the tests in these files. */
async function vitest(name: string, config: string, ...files: readonly string[]): Promise<Counts> {
  const file = resultFile(name);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const code = await run(bin('vitest'), ['run', '--config', config, ...reporters, ...files]);
  const result: VitestResult = readResult(file);
  const failed = result.numFailedTests ?? 0;
  return {
    passed: result.numPassedTests ?? 0,
    // A file that cannot be loaded has no failed tests.
    failed: code !== 0 && failed === 0 ? 1 : failed,
    skipped: (result.numPendingTests ?? 0) + (result.numTodoTests ?? 0),
    failures: (result.testResults ?? []).filter(({ status }) => status === 'failed').flatMap(failuresOf),
  };
}

/** Runs one of our own runners, which writes its counts to a file. */
async function counted(name: string, script: string): Promise<Counts> {
  const file = resultFile(name);
  const code = await run(process.execPath, [script, `--result=${file}`, ...options]);
  const { passed = 0, failed = 0, skipped = 0, failures = [] }: Partial<Counts> = readResult(file);
  return { passed, skipped, failed: code !== 0 && failed === 0 ? 1 : failed, failures };
}

/** Returns the file to which a runner writes its counts. Deletes the file of an earlier run. */
function resultFile(name: string): string {
  const file = join(cache, 'test', `${name}.json`);
  mkdirSync(join(cache, 'test'), { recursive: true });
  rmSync(file, { force: true });
  return file;
}

/** Returns the counts of a result file, or none if the runner ended before it wrote the file. */
function readResult(file: string): object {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}

function describe({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function selected(): readonly Stage[] {
  const unknown = chosen.find((name) => !stages.some((stage) => stage.name === name));
  if (unknown !== undefined) {
    throw new Unavailable(`There is no test stage "${unknown}". The stages are: ${stages.map(({ name }) => name).join(', ')}.`);
  }
  return stages.filter(({ name }) => chosen.length === 0 || chosen.includes(name));
}

interface Result extends Stage {
  readonly counts: Counts;
  /** The time that it took, in milliseconds. */
  readonly time: number;
}

async function runStage(stage: Stage, canRun: boolean): Promise<Result> {
  const { title, needs, isBeside = false } = stage;
  console.log(`\n━━ ${title}${isBeside ? ', beside what follows' : ''} ${'━'.repeat(Math.max(0, 90 - title.length))}`);
  if (!canRun) console.log(`Skipped, because the stage "${needs}" failed.`);
  const started = performance.now();
  const counts = canRun ? await stage.run() : { ...none, failed: 1 };
  return { ...stage, counts, time: performance.now() - started };
}

function summaryOf({ title, counts, time }: Result): string {
  const anyTest = counts.passed + counts.failed + counts.skipped > 0;
  const result = anyTest ? describe(counts) : 'passed';
  const seconds = (time / 1000).toFixed(1);
  return `  ${counts.failed > 0 ? '✗' : '✓'} ${title.padEnd(42)} ${result.padEnd(34)} ${seconds.padStart(6)} s`;
}

await main(async () => {
  process.chdir(root);
  const results: Promise<Result>[] = [];
  const broken = new Set<string>();
  for (const stage of selected()) {
    const running = runStage(stage, stage.needs === undefined || !broken.has(stage.needs));
    results.push(running);
    // An error in a stage beside others is reported when all have ended.
    if (stage.isBeside === true) running.catch(() => undefined);
    else if ((await running).counts.failed > 0) broken.add(stage.name);
  }
  const done = await Promise.all(results);
  const total = done.map(({ counts }) => counts).reduce(sum, none);
  console.log(`\n━━ Summary ${'━'.repeat(83)}`);
  for (const result of done) console.log(summaryOf(result));
  if (total.failures.length > 0) console.log(`\nFailed:\n${total.failures.map((each) => `  ${each}`).join('\n')}`);
  console.log(`\n${describe(total)}`);
  return total.failed === 0 ? 0 : 1;
});
