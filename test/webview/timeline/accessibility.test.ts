import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launch, type OpenOptions, openTab, type Tab, timelineBundles } from '../browser.ts';
import { THEMES, type ThemeName } from '../themes.ts';
import { violations } from '../violations.ts';

let browser: Browser;
let tab: Tab;

beforeAll(async () => {
  const [launched, made] = await Promise.all([launch(), timelineBundles()]);
  browser = launched;
  tab = await openTab(browser, made);
});
afterAll(() => browser.close());

/** Opens a trace at a step where an allocator goes wrong, with the other policies compared. */
async function open(options: OpenOptions): Promise<Page> {
  const { page } = tab;
  await tab.open({ width: 1100, height: 640, ...options });
  await page.evaluate(() => window.fakeTimeline.show({ step: 9_001 }));
  await settled(page);
  expect(await page.locator('.runs tbody').count()).toBeGreaterThan(1);
  return page;
}

const settled = (page: Page) => page.evaluate(() => window.fakeTimeline.settled());

const themes = Object.keys(THEMES).filter((name): name is ThemeName => name in THEMES);

describe.each(themes)('the timeline in the theme %s', (theme) => {
  test('has no violation that axe calls more than minor', async () => {
    const page = await open({ theme });
    await page.locator('.kinds .chip').first().click();
    await page.getByRole('button', { name: 'Free bytes and fragmentation' }).click();
    await settled(page);
    expect(await violations(page)).toEqual([]);
  });

  test('has none either with the flame graph', async () => {
    const page = await open({ theme });
    await page.getByRole('tab', { name: 'Flame graph' }).click();
    await settled(page);
    await page.getByRole('treeitem', { name: 'update addMessage' }).first().click();
    expect(await page.locator('.crumbs button').count()).toBe(2);
    expect(await violations(page)).toEqual([]);
  });

  test('has none either with an error shown, and in a narrow window', async () => {
    const page = await open({ theme, width: 300, height: 900 });
    await page.evaluate(() => window.fakeTimeline.refuse('The memory engine was restarted.'));
    await page.locator('#timeline-picture').focus();
    await page.keyboard.press('+');
    await settled(page);
    expect(await page.getByRole('alert').count()).toBeGreaterThan(0);
    expect(await violations(page)).toEqual([]);
  });
});

test.each([260, 320, 480, 720])('in a window of %i pixels the timeline has no violation', async (width) => {
  const page = await open({ width });
  expect(await violations(page)).toEqual([]);
  await page.locator('.choices select').first().selectOption('3');
  await settled(page);
  expect(await violations(page)).toEqual([]);
});

test('a timeline that cannot be shown has no violation', async () => {
  await tab.open();
  await tab.page.evaluate(() => window.fakeTimeline.send({ notification: 'problem', text: 'a.smtrace is not a trace.' }));
  await settled(tab.page);
  expect(await violations(tab.page)).toEqual([]);
});
