/**
 * Takes pictures of the comparison in every theme and some sizes, for inspection: `node test/webview/compare/look.ts DIRECTORY`.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { compareBundles, launch, type OpenOptions, openTab } from '../browser.ts';

const [directory = 'look'] = process.argv.slice(2);
mkdirSync(directory, { recursive: true });

interface Picture extends OpenOptions {
  readonly show?: string;
  readonly more?: (page: Page) => Promise<void>;
}

const PICTURES: Readonly<Record<string, Picture>> = {
  dark: {},
  light: { theme: 'light' },
  'high-contrast': { theme: 'high-contrast' },
  'high-contrast-light': { theme: 'high-contrast-light' },
  medium: { width: 800, height: 900 },
  narrow: { width: 420, height: 900, theme: 'light' },
  slim: { width: 260, height: 700 },
  same: { show: '{ isSame: true }', width: 1000, height: 500 },
  incomplete: {
    show: '{ incomplete: "Damage hides a part of it: “check” says where." }',
    width: 1100,
    height: 700,
    theme: 'light',
  },
  folders: {
    width: 900,
    height: 300,
    more: (page) =>
      page.evaluate(`fakeCompare.send({ notification: 'pairs', version: 1, folders: { before: '/a', after: '/b' }, before: 'snapshots/monday', after: 'snapshots/tuesday', pairs: [
        { name: 'ledger', state: 'same', text: 'All bytes are the same.' },
        { name: 'archive', state: 'comparing', text: '' },
        { name: 'index', state: 'different', text: '22 entries added, 6 entries removed, 10 entries changed.' },
        { name: 'users', state: 'added', text: '' },
        { name: 'broken.bin', state: 'failed', text: 'broken.bin is empty.' } ] })`),
  },
  progress: {
    width: 800,
    height: 300,
    more: (page) =>
      page.evaluate('fakeCompare.send({ notification: "progress", text: "Reading all of after-upgrade", part: 0.4 })'),
  },
};

const browser = await launch();
const made = await compareBundles();
for (const [name, { more, show = '', ...options }] of Object.entries(PICTURES)) {
  const { page, open, troubles } = await openTab(browser, made);
  await open(options);
  await page.evaluate(`fakeCompare.show(${show})`);
  await page.evaluate('fakeCompare.settled()');
  if (show === '') {
    await page.getByRole('radio', { name: 'messages' }).click();
    await page.evaluate('fakeCompare.settled()');
    await page.getByRole('grid').focus();
    for (let count = 0; count < 4; count++) await page.keyboard.press('ArrowDown');
  }
  await more?.(page);
  await page.evaluate('fakeCompare.settled()');
  await page.screenshot({ path: join(directory, `${name}.png`) });
  for (const trouble of troubles()) console.error(name, trouble);
  await page.close();
}
await browser.close();
console.log(`${made.editor.length} bytes of script, ${made.style.length} of style`);
