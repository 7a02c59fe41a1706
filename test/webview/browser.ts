/** Opens the webview in a real browser, bundled as for release, under a content security policy as strict as the extension's. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import { THEMES, type ThemeName } from './themes.ts';

const ROOT = join(import.meta.dirname, '../..');
const ORIGIN = 'http://editor.test';
const NONCE = 'test';
/** As the extension's page has it, with our origin in place of the webview's. */
const POLICY = `default-src 'none'; script-src 'nonce-${NONCE}'; style-src ${ORIGIN}; font-src ${ORIGIN}; img-src ${ORIGIN} blob:`;

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, entry)],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.css': 'css' },
  });
  return outputFiles[0]?.text ?? '';
}

export interface Bundles {
  readonly editor: string;
  readonly style: string;
  readonly host: string;
}

export async function bundles(): Promise<Bundles> {
  const [editor, style, host] = await Promise.all(
    ['webview/main.tsx', 'webview/editor.css', 'test/webview/fake-host.ts'].map((entry) => bundle(entry)),
  );
  return { editor: editor ?? '', style: style ?? '', host: host ?? '' };
}

/** The browser that `CHROMIUM` names, the system's, or the one that playwright has installed. */
export function launch(): Promise<Browser> {
  const [path = chromium.executablePath()] = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/google-chrome'].filter(
    (candidate) => candidate !== undefined && existsSync(candidate),
  );
  return chromium.launch({ executablePath: path, args: ['--no-sandbox', '--disable-gpu'] });
}

export interface OpenOptions {
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  readonly density?: number;
  /** What an earlier editor has saved. */
  readonly saved?: unknown;
}

export interface OpenedPage {
  readonly page: Page;
  /** Errors of the page: exceptions, and what the policy has refused. */
  readonly troubles: readonly string[];
}

export async function openPage(
  browser: Browser,
  { editor, style, host }: Bundles,
  options: OpenOptions = {},
): Promise<OpenedPage> {
  const { theme = 'dark', width = 1400, height = 900, density = 1, saved } = options;
  const { bodyClass, variables } = THEMES[theme];
  const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor: density });
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(message.text());
  });
  const files: Readonly<Record<string, readonly [type: string, body: string]>> = {
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
  await page.route(`${ORIGIN}/**`, async (route) => {
    const [contentType, body] = files[new URL(route.request().url()).pathname] ?? ['text/plain', ''];
    await route.fulfill({ contentType: `${contentType}; charset=utf-8`, body, headers: { 'content-security-policy': POLICY } });
  });
  await page.goto(`${ORIGIN}/`);
  return { page, troubles };
}

function html(bodyClass: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Stable memory</title>
<link rel="stylesheet" href="/theme.css"><link rel="stylesheet" href="/editor.css"></head>
<body class="${bodyClass}"><script nonce="${NONCE}" src="/host.js"></script><script nonce="${NONCE}" src="/editor.js"></script></body></html>`;
}
