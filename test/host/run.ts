/**
 * Runs the tests inside the extension host: `npm test -- build package host`. `--suite=PART` runs only the files whose name contains PART.
 *
 * Every `suite/*.test.ts` is a Mocha file (`describe`, `it`) that may import `vscode`. The packaged extension is installed and
 * the sample workspace is open. VS Code starts the suite by its own contract for tests in a browser: the page's URL has a payload
 * that names the module, and two functions of the page receive the suite's output and its exit code.
 */
import { cpSync, globSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { cache, main, root } from '../../tools/project.ts';
import { newPage, type Stage, setTheStage } from '../e2e/browser.ts';
import { prepareNotes } from '../e2e/notes.ts';
import { PATIENCE } from '../patience.ts';
import { prepareDatabase } from './database.ts';

const folder = join(cache, 'test', 'host');
const option = (name: string): string | undefined =>
  process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3);
const result = option('result') ?? join(folder, 'result.json');
const files = globSync(`*${option('suite') ?? ''}*.test.ts`, { cwd: join(root, 'test/host/suite') });
const limit = 10 * PATIENCE;

/** Mark at the start of the suite's lines, because the workbench reports through the same channel. */
const mark = '│';

async function bundle(): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  await build({
    entryPoints: ['main.ts', ...files].map((file) => join(root, 'test/host/suite', file)),
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  // The extensions under development stand in for others, which no package registry has. So the tests use the installed package of
  // ours like users do.
  cpSync(join(root, 'test/host/stand-ins'), join(folder, 'stand-ins'), { recursive: true });
}

/** Opens the page that runs the suite, and returns its exit code. */
async function runSuite({ server, browser, workspace }: Stage): Promise<number> {
  const page = await newPage(browser);
  const exit = Promise.withResolvers<number>();
  const rest: string[] = [];
  let spoke = false;
  await page.exposeFunction('codeAutomationLog', (_type: string, args: readonly unknown[]) => {
    const line = args.map(String).join(' ');
    if (line.startsWith(mark)) {
      spoke = true;
      console.log(line.slice(mark.length));
    } else rest.push(line);
  });
  await page.exposeFunction('codeAutomationExit', (code: number) => exit.resolve(code));
  const remote = (path: string): string => `vscode-remote://${new URL(server.address).host}${path}`;
  const payload = [
    // The folder of several extensions.
    ['extensionDevelopmentPath', remote(join(folder, 'stand-ins'))],
    ['extensionTestsPath', remote(join(folder, 'main.cjs'))],
    ['skipWelcome', 'true'],
  ];
  const timer = setTimeout(() => {
    console.error(`The suite did not end within ${limit / 1000} s.`);
    exit.resolve(1);
  }, limit);
  await page.goto(
    `${server.address}/?folder=${encodeURIComponent(workspace)}&payload=${encodeURIComponent(JSON.stringify(payload))}`,
  );
  const code = await exit.promise;
  clearTimeout(timer);
  if (code !== 0) {
    if (!spoke) console.error(`No test ran. The workbench's last lines:\n${rest.slice(-10).join('\n')}`);
    mkdirSync(join(cache, 'shots'), { recursive: true });
    await page.screenshot({ path: join(cache, 'shots', 'failed-host.png') });
  }
  return code;
}

await main(async () => {
  await bundle();
  const stage = await setTheStage({ driver: true, env: { STABLE_MEMORY_TEST_RESULT: result } });
  try {
    await prepareNotes(stage.workspace);
    prepareDatabase(stage.workspace);
    return await runSuite(stage);
  } finally {
    await stage.close();
  }
});
