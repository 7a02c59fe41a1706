import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareBundles, launch, type OpenOptions, openTab, type Tab } from '../browser.ts';
import { THEMES, type ThemeName } from '../themes.ts';
import { violations } from '../violations.ts';
import { PAIRS } from './fake-comparison.ts';

let browser: Browser;
let tab: Tab;

beforeAll(async () => {
  const [launched, made] = await Promise.all([launch(), compareBundles()]);
  browser = launched;
  tab = await openTab(browser, made);
});
afterAll(() => browser.close());

/** Opens a comparison, and chooses a structure and an entry. */
async function open(options: OpenOptions): Promise<Page> {
  const { page } = tab;
  await tab.open({ width: 1300, height: 800, ...options });
  await page.evaluate(() => window.fakeCompare.show());
  await settled(page);
  await page.getByRole('radio', { name: 'memory 0' }).click();
  await settled(page);
  await page.locator('#entry-4').click();
  await settled(page);
  return page;
}

const settled = (page: Page) => page.evaluate(() => window.fakeCompare.settled());

const themes = Object.keys(THEMES).filter((name): name is ThemeName => name in THEMES);

describe.each(themes)('the comparison in the theme %s', (theme) => {
  test('has no violation that axe calls more than minor', async () => {
    const page = await open({ theme });
    expect(await page.locator('.hex').count()).toBe(2);
    expect(await violations(page)).toEqual([]);
  });

  test('has none either while it is made, and with an error', async () => {
    const page = await open({ theme, width: 800 });
    await page.evaluate(() => window.fakeCompare.send({ notification: 'stale', text: 'The file has changed.' }));
    await settled(page);
    expect(await violations(page)).toEqual([]);
    await page.evaluate(() => window.fakeCompare.send({ notification: 'progress', text: 'Reading all of a', part: 0.5 }));
    await settled(page);
    expect(await violations(page)).toEqual([]);
    await page.evaluate((pairs) => window.fakeCompare.send(pairs), PAIRS);
    await settled(page);
    expect(await page.getByRole('listitem').count()).toBe(3);
    expect(await violations(page)).toEqual([]);
    await page.evaluate(() => window.fakeCompare.send({ notification: 'problem', text: 'a.bin is not there.' }));
    await settled(page);
    expect(await violations(page)).toEqual([]);
  });
});

test.each([260, 320, 480, 720, 1000])(
  'in a window of %i pixels the comparison has no violation, and does not scroll sideways',
  async (width) => {
    const page = await open({ width });
    expect(await violations(page)).toEqual([]);
    expect(
      await page.evaluate(() => (document.querySelector('.compare')?.scrollWidth ?? 0) - window.innerWidth),
    ).toBeLessThanOrEqual(0);
  },
);
