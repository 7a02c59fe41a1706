import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bundles, launch, type OpenOptions, openTab, type Tab, tableBundles } from '../browser.ts';
import { THEMES, type ThemeName } from '../themes.ts';
import type { FakeTableOptions } from './fake-table.ts';

let browser: Browser;
let made: Bundles;
let tab: Tab;

beforeAll(async () => {
  [browser, made] = await Promise.all([launch(), tableBundles()]);
  tab = await openTab(browser, made);
});
afterAll(() => browser.close());

interface TableOptions extends OpenOptions {
  readonly table?: FakeTableOptions;
}

/** Opens the table, passes it to `use`, and expects no errors in the page and no violations of its policy. */
async function inTable(use: (page: Page) => Promise<void>, options: TableOptions = {}): Promise<void> {
  const { page, open, troubles } = tab;
  await open({ width: 900, height: 480, ...options });
  await page.mouse.move(0, 0);
  await page.evaluate((table) => window.fakeTable.show(table), options.table ?? {});
  await settled(page);
  await use(page);
  expect(troubles()).toEqual([]);
}

const settled = (page: Page) => page.evaluate(() => window.fakeTable.settled());
const notified = (page: Page) => page.evaluate(() => window.fakeTable.notifications.slice(1));
const grid = (page: Page) => page.getByRole('grid');
const status = (page: Page) => page.locator('.status').innerText();
const selected = (page: Page) => page.locator('.row.selected .index').innerText();
const firstIndex = (page: Page) => page.locator('.row .index').first().innerText();

test('the bundle is small', () => expect(made.editor.length).toBeLessThan(60_000));

test('the page says that it waits, and what went wrong', async () => {
  await tab.open({});
  expect(await tab.page.getByRole('status').innerText()).toBe('Reading the structure…');
  await inTable(async (page) => {
    await page.evaluate(() => window.fakeTable.send({ notification: 'problem', text: 'memory/3 has no structure any more.' }));
    await settled(page);
    expect(await page.getByRole('alert').innerText()).toContain('memory/3 has no structure any more.');
    await page.evaluate(() => window.fakeTable.show());
    await settled(page);
    expect(await page.locator('h1').innerText()).toBe('entries of BTreeMap in memory 3 “events”');
  });
});

test('an empty table says that it is empty, and a filter that nothing matches', () =>
  inTable(
    async (page) => {
      expect(await page.locator('.no-rows').innerText()).toBe('This structure has no entries.');
      await page.evaluate(() => window.fakeTable.show({ length: 20 }));
      await page.getByLabel('filter').fill('price > 5000');
      await page.keyboard.press('Enter');
      await settled(page);
      expect(await page.locator('.no-rows').innerText()).toBe('No entry matches the filter.');
    },
    { table: { length: 0 } },
  ));

test('ten million rows are a grid of which only the rows on screen are laid out', () =>
  inTable(
    async (page) => {
      expect(await grid(page).getAttribute('aria-rowcount')).toBe('10000001');
      expect(await page.locator('.row').count()).toBeLessThan(30);
      const { height = 0, x = 0, y = 0 } = (await page.locator('.scroll-bar').boundingBox()) ?? {};
      await page.mouse.click(x + 5, y + height / 2);
      await settled(page);
      const middle = Number(await firstIndex(page));
      expect(middle).toBeGreaterThan(4_500_000);
      expect(middle).toBeLessThan(5_500_000);
      await page.mouse.move(200, 200);
      await page.mouse.wheel(0, 220);
      await settled(page);
      expect(Number(await firstIndex(page))).toBeGreaterThan(middle + 5);
      expect(await page.locator('.row').first().getAttribute('aria-rowindex')).toBe(String(Number(await firstIndex(page)) + 2));
    },
    { table: { length: 10_000_000 } },
  ));

test('everything is reached by keys, and the active cell is named', () =>
  inTable(async (page) => {
    const active = async () => {
      const id = await grid(page).getAttribute('aria-activedescendant');
      return page.locator(`#${id}`).innerText();
    };
    await grid(page).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    expect(await active()).toBe('user-1');
    await page.keyboard.press('Control+End');
    await settled(page);
    expect(await active()).toBe('user-449');
    await page.keyboard.press('PageUp');
    await page.keyboard.press('Home');
    await settled(page);
    expect(Number(await active())).toBeLessThan(440);
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('End');
    expect(await active()).toBe('["t0"]');
    await page.keyboard.press('Enter');
    expect((await notified(page)).at(-1)).toEqual({ notification: 'bytes', at: { start: 65_536, length: 48 } });
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowLeft');
    expect(await active()).toBe('price');
    const width = async () => (await page.locator('#heading-4').boundingBox())?.width ?? 0;
    const before = await width();
    await page.keyboard.press('Shift+ArrowRight');
    expect(await width()).toBe(before + 12);
    await page.keyboard.press('Enter');
    await settled(page);
    expect(await page.locator('#heading-4').getAttribute('aria-sort')).toBe('ascending');
    expect(await status(page)).toContain('Sorted by price, ascending: all 450.');
    await page.keyboard.press('Control+F');
    expect(await page.evaluate(() => document.activeElement?.closest('form')?.className)).toBe('filter');
    await page.keyboard.press('Escape');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('table-grid');
    await page.keyboard.press('Control+G');
    await page.keyboard.type('77');
    await page.keyboard.press('Enter');
    await settled(page);
    expect(await selected(page)).toBe('77');
  }));

test('the index that is typed is checked at once', () =>
  inTable(async (page) => {
    await page.getByRole('textbox', { name: 'Index' }).fill('450');
    expect(await page.getByRole('alert').innerText()).toBe('The last row is 449.');
    await page.getByRole('textbox', { name: 'Index' }).fill('x');
    expect(await page.getByRole('alert').innerText()).toBe('Type an index, such as 416.');
  }));

test('a structure without keys has no keys to go to', () =>
  inTable(async (page) => expect(await page.getByLabel('What to go to').count()).toBe(0), { table: { hasKeys: false } }));

test('a wrong filter is explained under its field', () =>
  inTable(async (page) => {
    const field = page.getByLabel('filter');
    await field.fill('price > 5 &&');
    await page.keyboard.press('Enter');
    await settled(page);
    expect(await page.getByRole('alert').innerText()).toBe('The expression ends where a value is expected, at character 13.');
    expect(await field.getAttribute('aria-invalid')).toBe('true');
  }));

test('a click selects a row, a double click leads to its bytes, and Ctrl+C copies it', () =>
  inTable(async (page) => {
    await page.locator('.cell').filter({ hasText: 'user-4' }).first().click();
    expect(await selected(page)).toBe('4');
    await page.keyboard.press('Control+C');
    expect((await notified(page)).at(-1)).toMatchObject({ notification: 'copy', index: 4, format: 'tsv' });
    await page.locator('.cell').filter({ hasText: 'user-6' }).first().dblclick();
    expect((await notified(page)).at(-1)).toMatchObject({ notification: 'bytes', at: { start: 65_536 + 6 * 64 } });
  }));

test('the menu of a row knows the row and the columns on screen', () =>
  inTable(async (page) => {
    await page.locator('.cell').filter({ hasText: 'user-3' }).first().click({ button: 'right' });
    const context: unknown = JSON.parse((await grid(page).getAttribute('data-vscode-context')) ?? '');
    expect(context).toMatchObject({ webviewSection: 'row', row: 3, preventDefaultContextMenuItems: true });
    expect(await selected(page)).toBe('3');
  }));

test('columns are shown and hidden, and made wider by their edge', () =>
  inTable(async (page) => {
    const headings = () => page.getByRole('columnheader').allInnerTexts();
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByLabel('value size').check();
    await page.getByLabel('tags').uncheck();
    await page.keyboard.press('Escape');
    expect(await headings()).toEqual(['#', 'key', 'id', 'name', 'price', 'value size']);
    const heading = page.locator('#heading-3');
    const { x = 0, y = 0, width = 0 } = (await heading.boundingBox()) ?? {};
    await page.mouse.move(x + width - 1, y + 5);
    await page.mouse.down();
    await page.mouse.move(x + width + 79, y + 5);
    await page.mouse.up();
    expect((await heading.boundingBox())?.width).toBe(width + 80);
    await page.locator('#heading-3 .edge').dblclick();
    expect((await heading.boundingBox())?.width).toBe(width);
    expect(await status(page)).toBe('450 entries.');
  }));

test('the index stays on screen, however far one goes to the right', () =>
  inTable(
    async (page) => {
      await page.locator('.cell').filter({ hasText: 'user-3' }).first().click();
      await page.keyboard.press('End');
      await settled(page);
      const [index, last] = [
        await page.locator('.row.selected .index').boundingBox(),
        await page.locator('.cell.active').boundingBox(),
      ];
      expect(index?.x).toBe(0);
      expect(last?.x).toBeGreaterThanOrEqual((index?.width ?? 0) - 1);
      expect(await page.locator('.cell.active').innerText()).toBe('["t0"]');
    },
    { width: 300 },
  ));

test('cells that no row has are empty', () =>
  inTable(async (page) => {
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByLabel('value, other fields').check();
    await page.keyboard.press('Escape');
    await settled(page);
    expect(await page.locator('.row').nth(3).locator('.cell').nth(6).innerText()).toBe('');
    expect(await page.locator('.row').nth(3).locator('.cell').nth(1).innerText()).toBe('user-3');
  }));

test('a hidden row says that damage hides it', () =>
  inTable(async (page) => expect(await page.locator('.row').nth(2).innerText()).toContain('cannot be read'), {
    table: { damaged: 2 },
  }));

test.each([260, 420])('everything fits into %i pixels', (width) =>
  inTable(
    async (page) => {
      const sticksOut = await page.evaluate(() =>
        [...document.querySelectorAll('header *, footer *')]
          .filter((each) => each.getBoundingClientRect().right > window.innerWidth + 1)
          .map((each) => each.outerHTML.slice(0, 80)),
      );
      expect(sticksOut).toEqual([]);
      await page.getByRole('button', { name: 'Columns' }).click();
      const list = await page.locator('.column-list').boundingBox();
      expect(list?.x).toBeGreaterThanOrEqual(0);
      expect((list?.x ?? 0) + (list?.width ?? 0)).toBeLessThanOrEqual(width);
    },
    { width, height: 600 },
  ),
);

test.each(Object.keys(THEMES) as ThemeName[])('texts are readable in the theme %s', (theme) =>
  inTable(
    async (page) => {
      await page.locator('.cell').nth(9).click();
      const ratios = await page.evaluate(() => {
        const channels = (colour: string) => (colour.match(/[\d.]+/g) ?? []).map(Number);
        const light = (colour: string) => {
          const [red = 0, green = 0, blue = 0] = channels(colour).map((channel) => {
            const share = channel / 255;
            return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
          });
          return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        };
        const backgroundOf = (element: Element | null): string => {
          if (element === null) return 'rgb(0,0,0)';
          const { backgroundColor } = getComputedStyle(element);
          const [, , , alpha = 1] = channels(backgroundColor);
          return alpha < 1 ? backgroundOf(element.parentElement) : backgroundColor;
        };
        return [...document.querySelectorAll('.cell, .heading-label, .status, .tools span')].map((element) => {
          const [a, b] = [light(getComputedStyle(element).color), light(backgroundOf(element))];
          return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        });
      });
      expect(Math.min(...ratios)).toBeGreaterThan(4.4);
    },
    { theme },
  ),
);
