/**
 * A real VS Code with the packaged extension, and a browser to look at it: what both the tests inside the extension host and the
 * browser test start from.
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

/** Whether the oldest supported VS Code is to be tested instead of the newest. */
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

/** No sandbox where it cannot be (as root), and no name that resolves: whatever asks for another machine fails. */
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

/** A page with a profile of its own. */
export async function newPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  return page;
}
