/**
 * Sets up a real VS Code with the packaged extension, and a browser, for the tests inside the extension host and the browser
 * test.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { chromium as findChromium } from '../../tools/chromium.ts';
import { cache } from '../../tools/project.ts';
import { prepareSamples } from '../../tools/samples.ts';
import { floor, installServer, newest, type RunningServer, type ServeOptions, serve } from '../../tools/vscode-server.ts';
import { vsix } from '../../tools/vsix.ts';
import { PATIENCE } from '../patience.ts';

export interface Stage {
  readonly server: RunningServer;
  readonly browser: Browser;
  /** The sample workspace, as `npm start` shows it. */
  readonly workspace: string;
  readonly close: () => Promise<void>;
}

/** True to test the oldest supported VS Code instead of the newest. */
export const onFloor = process.argv.includes('--floor');

/** Starts a server with a fresh profile and the packaged extension, and a browser. */
export async function setTheStage(options: Pick<ServeOptions, 'driver' | 'env'> = {}): Promise<Stage> {
  const executablePath = await findChromium();
  const workspace = join(cache, 'test', 'workspace');
  await prepareSamples(workspace);
  const installation = await installServer(onFloor ? floor : newest);
  mkdirSync(join(cache, 'test'), { recursive: true });
  const state = mkdtempSync(join(cache, 'test', 'state-'));
  const server = await serve(installation, {
    ...options,
    state,
    vsix,
    home: join(state, 'home'),
    settings: { 'workbench.colorTheme': 'Default Dark Modern' },
  });
  const browser = await chromium.launch({ executablePath, args: browserFlags() });
  const close = async (): Promise<void> => {
    await browser.close();
    server.stop();
    await server.ended;
    rmSync(state, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  return { server, browser, workspace, close };
}

/**
 * Returns flags without a sandbox where it is impossible (as root), and without name resolution, so that any request to another
 * machine fails.
 */
function browserFlags(): string[] {
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const quiet = [
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
  ];
  return [...root, ...quiet, '--disable-sync', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'];
}

/** Opens a page with a separate profile. */
export async function newPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  return page;
}
