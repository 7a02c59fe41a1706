import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launch, type OpenOptions, openTab, type Tab, tableBundles } from '../browser.ts';
import { THEMES, type ThemeName } from '../themes.ts';
import { violations } from '../violations.ts';

let browser: Browser;
let tab: Tab;

beforeAll(async () => {
  const [launched, made] = await Promise.all([launch(), tableBundles()]);
  browser = launched;
  tab = await openTab(browser, made);
});
afterAll(() => browser.close());

/** Opens a table of which only a part is known, and selects a row. One row is damaged. */
async function open(options: OpenOptions): Promise<Page> {
  const { page } = tab;
  await tab.open({ width: 900, height: 480, ...options });
  await page.evaluate(() => window.fakeTable.show({ length: 3_000, known: 2_000, damaged: 3 }));
  await settled(page);
  await page.getByRole('grid').focus();
  await page.keyboard.press('ArrowDown');
  return page;
}

const settled = (page: Page) => page.evaluate(() => window.fakeTable.settled());

const themes = Object.keys(THEMES).filter((name): name is ThemeName => name in THEMES);

describe.each(themes)('the table in the theme %s', (theme) => {
  test('has no violation that axe calls more than minor', async () => {
    const page = await open({ theme });
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await settled(page);
    expect(await page.locator('[aria-sort="ascending"]').count()).toBe(1);
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Columns' }).click();
    expect(await page.locator('.column-list').count()).toBe(1);
    expect(await violations(page)).toEqual([]);
  });

  test('has none either with a wrong filter, a wrong index and an error', async () => {
    const page = await open({ theme, width: 300 });
    await page.getByLabel('filter').fill('price > 5 &&');
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: 'Index' }).fill('x');
    await page.evaluate(() => window.fakeTable.send({ notification: 'stale', text: 'The file has changed.' }));
    await settled(page);
    expect(await page.getByRole('alert').count()).toBe(3);
    expect(await violations(page)).toEqual([]);
  });
});

test.each([260, 320, 480, 720])('in a window of %i pixels the table has no violation', async (width) => {
  const page = await open({ width });
  await page.getByLabel('filter').fill('price > 5000');
  await page.keyboard.press('Enter');
  await settled(page);
  expect(await violations(page)).toEqual([]);
});

test('a table that cannot be shown has no violation', async () => {
  await tab.open();
  await tab.page.evaluate(() => window.fakeTable.send({ notification: 'problem', text: 'memory/3 has no structure any more.' }));
  await settled(tab.page);
  expect(await violations(tab.page)).toEqual([]);
});
