import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bundles, compareBundles, launch, type OpenOptions, openTab, type Tab } from '../browser.ts';
import { type FakeComparisonOptions, PAIRS } from './fake-comparison.ts';

let browser: Browser;
let made: Bundles;
let tab: Tab;

beforeAll(async () => {
  [browser, made] = await Promise.all([launch(), compareBundles()]);
  tab = await openTab(browser, made);
});
afterAll(() => browser.close());

interface CompareOptions extends OpenOptions {
  readonly comparison?: FakeComparisonOptions;
}

/** Opens a comparison, passes it to `use`, and expects no errors in the page and no violations of its policy. */
async function inComparison(use: (page: Page) => Promise<void>, options: CompareOptions = {}): Promise<void> {
  const { page, open, troubles } = tab;
  await open({ width: 1300, height: 800, ...options });
  await page.evaluate((comparison) => window.fakeCompare.show(comparison), options.comparison ?? {});
  await settled(page);
  await use(page);
  expect(troubles()).toEqual([]);
}

const settled = (page: Page) => page.evaluate(() => window.fakeCompare.settled());
const notified = (page: Page) => page.evaluate(() => window.fakeCompare.notifications.slice(1));
const grid = (page: Page) => page.getByRole('grid');
const chosen = (page: Page) =>
  page
    .getByRole('radiogroup', { name: 'Structures' })
    .locator('[aria-checked="true"]')
    .getAttribute('aria-label')
    .then((label) => label?.split(':')[0]);
const selected = (page: Page) => page.locator('.entry.selected .key').innerText();
const choose = async (page: Page, name: string) => {
  await page.getByRole('radio', { name }).click();
  await settled(page);
};

test('the bundle is small', () => expect(made.editor.length).toBeLessThan(60_000));

test('the page says how far it is, and can be stopped', async () => {
  await tab.open({});
  const { page } = tab;
  expect(await page.getByRole('status').innerText()).toBe('Opening both…');
  await page.evaluate(() => window.fakeCompare.send({ notification: 'progress', text: 'Reading all of a', part: 0.25 }));
  await settled(page);
  expect(await page.getByRole('progressbar').getAttribute('value')).toBe('0.25');
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.evaluate(() => window.fakeCompare.send({ notification: 'problem', text: 'The comparison was stopped.' }));
  await settled(page);
  expect(await page.getByRole('alert').innerText()).toContain('The comparison was stopped.');
  await page.getByRole('button', { name: 'Compare Again' }).click();
  expect(await notified(page)).toEqual([{ notification: 'stop' }, { notification: 'again' }]);
});

test('what matters most is said first, and the first structure that differs is chosen', () =>
  inComparison(async (page) => {
    expect(await page.locator('.sentences b').innerText()).toBe('Memory 3 held a Log. Now it holds a BTreeMap.');
    expect(await chosen(page)).toBe('memory 3');
    expect(await page.locator('.entry.selected').innerText()).toContain('message 0');
    expect(await page.locator('.changed-finding').innerText()).toContain('Memory 3 begins as a BTreeMap');
  }));

test('entries are side by side, and the parts that changed are marked', () =>
  inComparison(async (page) => {
    await choose(page, 'memory 0');
    const row = page.locator('.entry', { hasText: '2,300' });
    expect(await row.locator('.before del').innerText()).toBe('null');
    expect(await row.locator('.after ins').innerText()).toBe('1,764,374,400');
    await row.click();
    await settled(page);
    const details = page.getByRole('region', { name: 'The chosen entry' });
    expect(await details.locator('.parts').innerText()).toContain('.edited');
    expect(await details.locator('.hex del').first().innerText()).toBe('6e 75 6c 6c');
    await details.getByRole('button', { name: 'Show in editor' }).click();
    expect(await notified(page)).toEqual([{ notification: 'bytes', side: 'before', at: { start: 0x18a00, length: 31 } }]);
  }));

test('a sign and a word say what changed, not only a colour', () =>
  inComparison(async (page) => {
    await choose(page, 'memory 0');
    const signs = await page.locator('.entry .cell.sign').allInnerTexts();
    expect([0, 2, 3].map((position) => signs[position]?.replaceAll(/\s/g, ''))).toEqual(['+added', '−removed', '~changed']);
    expect(await page.getByRole('radio', { name: 'memory 0' }).getAttribute('aria-label')).toBe(
      'memory 0 “messages”: changed. before BTreeMap of 1,000 entries, after BTreeMap of 1,015 entries. 40 added. 25 removed. 60 changed',
    );
  }));

test('the entries of one kind of change are listed alone', () =>
  inComparison(async (page) => {
    await choose(page, 'memory 0');
    expect(await grid(page).getAttribute('aria-rowcount')).toBe('126');
    await page.getByRole('radio', { name: 'gone 25' }).click();
    await settled(page);
    expect(await grid(page).getAttribute('aria-rowcount')).toBe('26');
    expect(await page.locator('.entry .sign').allInnerTexts()).toEqual(
      expect.not.arrayContaining([expect.stringContaining('+')]),
    );
  }));

test('the keys go to the next difference, over the ends of structures, and say where they are', () =>
  inComparison(async (page) => {
    await choose(page, 'memory 1');
    await grid(page).focus();
    await page.keyboard.press('End');
    await settled(page);
    expect(await selected(page)).toBe('1,840');
    await page.keyboard.press('F7');
    await settled(page);
    expect(await chosen(page)).toBe('memory 2 “counters”');
    expect(await page.locator('[aria-live]').innerText()).toBe('memory 2 “counters”, difference 1 of 7');
    await page.keyboard.press('Shift+F7');
    await settled(page);
    expect([await chosen(page), await selected(page)]).toEqual(['memory 1 “users”', '1,840']);
    await page.evaluate(() => window.fakeCompare.send({ notification: 'go', by: 1 }));
    await settled(page);
    expect(await chosen(page)).toBe('memory 2 “counters”');
  }));

test('F6 goes through the panes, and the arrow keys through the structures', () =>
  inComparison(async (page) => {
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
    await page.getByRole('radio', { name: 'memory 3' }).first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await settled(page);
    expect(await chosen(page)).toBe('memory 0 “messages”');
    await page.keyboard.press('Shift+F6');
    expect(await focused()).toMatch(/^Map of changes/);
    await page.keyboard.press('F6');
    for (const name of ['Findings, new and gone', 'Entries that differ', 'The chosen entry']) {
      await page.keyboard.press('F6');
      expect(await focused()).toBe(name);
    }
  }));

test('of a hundred thousand entries only those on screen are laid out', () =>
  inComparison(
    async (page) => {
      await choose(page, 'memory 0');
      expect(await grid(page).getAttribute('aria-rowcount')).toBe('90086');
      expect(await page.locator('.entry').count()).toBeLessThan(60);
      await grid(page).focus();
      await page.keyboard.press('End');
      await settled(page);
      expect(await page.locator('.entry.selected').getAttribute('aria-rowindex')).toBe('90086');
      expect(await page.locator('.entry.selected').innerText()).not.toContain('…');
    },
    { comparison: { added: 90_000, found: 30_000 } },
  ));

test('the map of changes is walked by keys, and leads to structures', () =>
  inComparison(async (page) => {
    const map = page.getByRole('slider', { name: 'Map of changes' });
    const text = () => map.getAttribute('aria-valuetext');
    expect(await page.locator('.changes p').innerText()).toMatch(/^16 KiB a cell · ▃ \d+ changed: .* · \+ 48 only after$/);
    await map.focus();
    expect(await text()).toBe('0x0, 16 KiB of manager: same bytes');
    await page.keyboard.press('PageDown');
    expect(await text()).toBe('0xc000, 16 KiB of manager: changed, 11 % of its blocks');
    await page.keyboard.press('PageDown');
    await page.keyboard.press('Enter');
    await settled(page);
    expect([await text(), await chosen(page)]).toEqual([
      '0x28000, 16 KiB of memory 0 messages: changed, 70 % of its blocks',
      'memory 0 “messages”',
    ]);
    await page.keyboard.press('End');
    expect(await text()).toMatch(/only after$/);
    expect(await page.locator('.changes p').innerText()).toBe(await text());
    const { x = 0, y = 0 } = (await map.boundingBox()) ?? {};
    await page.mouse.move(x + 15, y + 5);
    await settled(page);
  }));

test('a list that is not complete says so', () =>
  inComparison(
    async (page) => {
      await choose(page, 'memory 0');
      expect(await page.getByRole('note').innerText()).toBe('Damage hides a part of it.');
      expect(await page.getByRole('radio', { name: 'memory 0' }).innerText()).toContain('?');
    },
    { comparison: { incomplete: 'Damage hides a part of it.' } },
  ));

test('where nothing differs, it says so', () =>
  inComparison(
    async (page) => {
      expect(await page.locator('.sentences').innerText()).toContain('Nothing has changed');
      expect(await page.locator('.no-rows').innerText()).toBe('No entry differs.');
    },
    { comparison: { isSame: true } },
  ));

test('the snapshots in two folders are listed, and lead to their comparisons', () =>
  inComparison(async (page) => {
    await page.evaluate((pairs) => window.fakeCompare.send(pairs), PAIRS);
    await settled(page);
    expect(await page.getByRole('status').innerText()).toBe('2 of 3 snapshots differ. Choose a pair to see what differs.');
    expect(await page.locator('.pair').first().innerText()).toMatch(/^~\s+index\s+different\s+22 entries added\.$/);
    await page.getByRole('button', { name: 'ledger' }).click();
    expect((await notified(page)).at(-1)).toEqual({ notification: 'open', name: 'ledger' });
    expect(await page.evaluate(() => window.fakeCompare.savedState)).toEqual({ folders: PAIRS.folders });
  }));

test('a changed file and an error are said, and lead to a new comparison', () =>
  inComparison(async (page) => {
    await page.evaluate(() => window.fakeCompare.send({ notification: 'stale', text: 'a has changed since it was compared.' }));
    await page.evaluate(() => window.fakeCompare.refuse('The comparison was stopped.'));
    await choose(page, 'memory 0');
    expect(await page.getByRole('alert').allInnerTexts()).toEqual([
      expect.stringContaining('a has changed'),
      expect.stringContaining('The comparison was stopped.'),
    ]);
    await page.getByRole('button', { name: 'Compare again' }).first().click();
    await page.getByRole('button', { name: 'Exchange before and after' }).click();
    expect(await notified(page)).toEqual([{ notification: 'again' }, { notification: 'swap' }]);
  }));

test('the sides, the structure and the entry are saved, and restored', async () => {
  let saved: unknown;
  await inComparison(async (page) => {
    await choose(page, 'memory 0');
    await page.locator('#entry-3').click();
    await page.waitForTimeout(400);
    saved = await page.evaluate(() => window.fakeCompare.savedState);
    expect(saved).toMatchObject({ source: { before: { kind: 'snapshot', uri: 'file:///before' } }, selected: 3 });
  });
  await inComparison(
    async (page) => {
      expect([await chosen(page), await selected(page)]).toEqual(['memory 0 “messages”', '1,840']);
    },
    { saved },
  );
});
