import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bundles, bundles, launch, openTab, type Tab } from './browser.ts';
import { THEMES, type ThemeName } from './themes.ts';
import { violations } from './violations.ts';

let browser: Browser;
let made: Bundles;
let tab: Tab;

beforeAll(async () => {
  [browser, made] = await Promise.all([launch(), bundles()]);
  tab = await openTab(browser, made);
});
afterAll(() => browser.close());

/** Opens the editor on a memory with findings, and selects a byte. */
async function open(theme: ThemeName, width: number): Promise<Tab['page']> {
  await tab.open({ theme, width });
  const { page } = tab;
  await page.evaluate(() => {
    window.fakeHost.show({ faults: [0x1c040] });
    window.fakeHost.scan();
    window.fakeHost.send({ notification: 'select', offset: 0x18a1c });
    window.fakeHost.send({ notification: 'bookmarks', bookmarks: [{ start: 0x18a20, length: 4, name: 'mine' }] });
  });
  await page.evaluate(() => window.fakeHost.settled());
  return page;
}

const themes = Object.keys(THEMES).filter((name): name is ThemeName => name in THEMES);

describe.each(themes)('the editor in the theme %s', (theme) => {
  test('has no violation that axe calls more than minor', async () => {
    expect(await violations(await open(theme, 1400))).toEqual([]);
  });

  test('shows which bytes are selected, in hex and as characters', async () => {
    const page = await open(theme, 1400);
    const colour = THEMES[theme].variables['editor-selectionBackground'] ?? '';
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
    for (const part of ['hex', 'characters']) {
      const cells = page.locator(`.${part} > .selected`);
      expect(await cells.count()).toBeGreaterThan(20);
      // Text of the same colour as its ground is nothing that axe reports.
      const grounds = await cells.evaluateAll((all) => all.map((cell) => getComputedStyle(cell).backgroundColor));
      expect(new Set(grounds)).toEqual(new Set([`rgb(${red}, ${green}, ${blue})`]));
    }
  });

  test('has none either with findings shown, and in a narrow window', async () => {
    const page = await open(theme, 300);
    await page.locator('button.badge').click();
    expect(await violations(page)).toEqual([]);
  });
});

describe.each([260, 320, 480, 720])('in a window of %i pixels', (width) => {
  test('nothing covers anything else, or is outside of the window', async () => {
    const page = await open('dark', width);
    const boxes = await page.evaluate(() =>
      ['.strip', '.map', '.inspector', '.bytes'].map((name) => {
        const { left, right, top, bottom } = document.querySelector(name)?.getBoundingClientRect() ?? new DOMRect();
        return { name, left, right, top, bottom };
      }),
    );
    for (const [index, box] of boxes.entries()) {
      expect(box.left, box.name).toBeGreaterThanOrEqual(0);
      expect(box.right, box.name).toBeLessThanOrEqual(width);
      expect(box.bottom - box.top, box.name).toBeGreaterThan(20);
      for (const other of boxes.slice(index + 1)) {
        const isApart = box.bottom <= other.top || other.bottom <= box.top || box.right <= other.left || other.right <= box.left;
        expect(isApart, `${box.name} and ${other.name}`).toBe(true);
      }
    }
  });
});
