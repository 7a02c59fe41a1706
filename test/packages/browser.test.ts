/** The engine in a browser: the readme's worker opens a `File` that a user chose. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chromium as findChromium } from '../../tools/chromium.ts';
import { buildEngine, engineFolder } from '../../tools/engine-package.ts';
import { imageBytes } from '../fixtures.ts';
import { PATIENCE } from '../patience.ts';

const ORIGIN = 'http://engine.test';
const PAGE = `<!doctype html><title>Engine</title><input type="file"><output></output><script>
const worker = new Worker('/worker.js', { type: 'module' });
worker.addEventListener('message', ({ data }) => { document.querySelector('output').textContent = JSON.stringify(data); });
worker.addEventListener('error', ({ message }) => { document.querySelector('output').textContent = message; });
document.querySelector('input').addEventListener('change', ({ target }) => worker.postMessage(target.files[0]));
</script>`;

const folder = mkdtempSync(join(tmpdir(), 'engine-in-browser-'));
let browser: Browser;

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: await findChromium(), args: ['--no-sandbox', '--disable-gpu'] });
});

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The worker of the readme, bundled with the package as it is published. */
async function workerScript(): Promise<string> {
  const [, code = ''] =
    /^## In a browser$.*?^```ts\n(.*?)^```$/ms.exec(readFileSync(join(engineFolder, 'README.md'), 'utf8')) ?? [];
  await buildEngine(join(folder, 'engine'));
  writeFileSync(join(folder, 'worker.ts'), code);
  const { outputFiles } = await build({
    entryPoints: [join(folder, 'worker.ts')],
    alias: { '@stable-memory/engine': join(folder, 'engine/index.js') },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}

test('a worker opens a file, and reads all of it', async () => {
  const image = imageBytes('btreemap-v2-u64-text');
  writeFileSync(join(folder, 'stable_memory.bin'), image);
  const files: Readonly<Record<string, readonly [type: string, body: string]>> = {
    '/': ['text/html', PAGE],
    '/worker.js': ['text/javascript', await workerScript()],
  };
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE);
  await page.route(`${ORIGIN}/**`, async (route) => {
    const [contentType, body] = files[new URL(route.request().url()).pathname] ?? ['text/plain', ''];
    await route.fulfill({ contentType, body });
  });
  await page.goto(ORIGIN);
  await page.setInputFiles('input', join(folder, 'stable_memory.bin'));
  const { description, usage } = JSON.parse(await page.locator('output:not(:empty)').innerText());
  expect(description).toContain('BTreeMap');
  const sizes: readonly number[] = Object.values(usage);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(image.length);
});
