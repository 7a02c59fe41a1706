/**
 * Takes pictures of the table in every theme and some sizes, for inspection: `node test/webview/table/look.ts DIRECTORY`.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { launch, type OpenOptions, openTab, tableBundles } from '../browser.ts';

const [directory = 'look'] = process.argv.slice(2);
mkdirSync(directory, { recursive: true });

interface Picture extends OpenOptions {
  readonly more?: (page: Page) => Promise<void>;
}

const filter = (expression: string) => async (page: Page) => {
  await page.getByLabel('filter').fill(expression);
  await page.keyboard.press('Enter');
};

const PICTURES: Readonly<Record<string, Picture>> = {
  dark: {},
  light: { theme: 'light' },
  'high-contrast': { theme: 'high-contrast' },
  'high-contrast-light': { theme: 'high-contrast-light' },
  narrow: { width: 420, height: 500 },
  slim: { width: 260, height: 600, theme: 'light' },
  filtered: { more: filter('price > 900') },
  wrong: { more: filter('price > 900 &&') },
  columns: { more: async (page) => page.getByRole('button', { name: 'Columns' }).click() },
  sorted: { more: async (page) => page.locator('.heading-text').nth(4).click() },
};

const browser = await launch();
const made = await tableBundles();
for (const [name, { more, ...options }] of Object.entries(PICTURES)) {
  const { page, open, troubles } = await openTab(browser, made);
  await open({ width: 900, height: 420, ...options });
  await page.evaluate('fakeTable.show({ length: 10000000, known: 400000, found: 50000 })');
  await page.evaluate('fakeTable.settled()');
  await page.locator('.grid').focus();
  for (let count = 0; count < 4; count++) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await more?.(page);
  await page.evaluate('fakeTable.settled()');
  await page.waitForTimeout(400);
  await page.screenshot({ path: join(directory, `${name}.png`) });
  for (const trouble of troubles()) console.error(name, trouble);
  await page.close();
}
await browser.close();
console.log(`${made.editor.length} bytes of script, ${made.style.length} of style`);
