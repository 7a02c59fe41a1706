/** Opens the webview in a real browser, bundled as for release, with a content security policy as strict as the extension's. */
import { join } from 'node:path';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import { chromium as findChromium } from '../../tools/chromium.ts';
import { PATIENCE } from '../patience.ts';
import { THEMES, type ThemeName } from './themes.ts';

const ROOT = join(import.meta.dirname, '../..');
const ORIGIN = 'http://editor.test';
const NONCE = 'test';
/** The policy of the extension's page, with our origin instead of the webview's. */
const POLICY = `default-src 'none'; script-src 'nonce-${NONCE}'; style-src ${ORIGIN}; font-src ${ORIGIN}; img-src ${ORIGIN} blob:`;

/** Returns the script of a bundle, and its style sheet if it imports one. */
async function bundle(entry: string): Promise<readonly [script: string, style: string]> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, entry)],
    bundle: true,
    write: false,
    outdir: join(ROOT, 'dist'),
    minify: true,
    format: 'iife',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
  });
  const textOf = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '';
  return [textOf('.js'), textOf('.css')];
}

export interface Bundles {
  readonly editor: string;
  readonly style: string;
  readonly host: string;
}

export function bundles(): Promise<Bundles> {
  return bundlesOf('webview/main.tsx', 'test/webview/fake-host.ts');
}

/** The page of the timeline, with a fake of VS Code that shows a made-up trace. */
export function timelineBundles(): Promise<Bundles> {
  return bundlesOf('webview/timeline/main.tsx', 'test/webview/timeline/fake-timeline-host.ts');
}

/** The page of a table, with a fake of VS Code that has made-up rows. */
export function tableBundles(): Promise<Bundles> {
  return bundlesOf('webview/table/main.tsx', 'test/webview/table/fake-table-host.ts');
}

/** The page of a comparison, with a fake of VS Code that compares made-up snapshots. */
export function compareBundles(): Promise<Bundles> {
  return bundlesOf('webview/compare/main.tsx', 'test/webview/compare/fake-compare-host.ts');
}

async function bundlesOf(page: string, fake: string): Promise<Bundles> {
  const [[editor, style], [host]] = await Promise.all([bundle(page), bundle(fake)]);
  return { editor, style, host };
}

export async function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: await findChromium(), args: ['--no-sandbox', '--disable-gpu'] });
}

export interface OpenOptions {
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  /** State saved by an earlier editor. */
  readonly saved?: unknown;
}

/** A browser tab in which the editor is opened repeatedly. */
export interface Tab {
  readonly page: Page;
  /** Opens the editor again. */
  open(options?: OpenOptions): Promise<void>;
  /** Errors of the page since it was opened: exceptions and policy violations. */
  troubles(): readonly string[];
}

export async function openTab(browser: Browser, { editor, style, host }: Bundles, density = 1): Promise<Tab> {
  const page = await browser.newPage({ deviceScaleFactor: density });
  page.setDefaultTimeout(PATIENCE);
  let troubles: string[] = [];
  let files: Readonly<Record<string, readonly [type: string, body: string]>> = {};
  page.on('pageerror', (error) => troubles.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(message.text());
  });
  await page.route(`${ORIGIN}/**`, async (route) => {
    const [contentType, body] = files[new URL(route.request().url()).pathname] ?? ['text/plain', ''];
    await route.fulfill({ contentType: `${contentType}; charset=utf-8`, body, headers: { 'content-security-policy': POLICY } });
  });
  return {
    page,
    troubles: () => troubles,
    open: async ({ theme = 'dark', width = 1400, height = 900, saved } = {}) => {
      const { bodyClass, variables } = THEMES[theme];
      files = {
        '/': ['text/html', html(bodyClass)],
        '/theme.css': [
          'text/css',
          `:root{${Object.entries(variables)
            .map(([name, value]) => `--vscode-${name}:${value};`)
            .join('')}}`,
        ],
        '/editor.css': ['text/css', style],
        '/host.js': ['text/javascript', `window.startState = ${JSON.stringify(saved) ?? 'undefined'};${host}`],
        '/editor.js': ['text/javascript', editor],
      };
      troubles = [];
      await page.setViewportSize({ width, height });
      await page.goto(`${ORIGIN}/`);
    },
  };
}

function html(bodyClass: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Stable memory</title>
<link rel="stylesheet" href="/theme.css"><link rel="stylesheet" href="/editor.css"></head>
<body class="${bodyClass}"><script nonce="${NONCE}" src="/host.js"></script><script nonce="${NONCE}" src="/editor.js"></script></body></html>`;
}
