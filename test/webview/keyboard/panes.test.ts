/** Goes through all three pages with the keyboard: F6 from pane to pane, Tab to each stop, and never without a focus. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundles, launch, openTab, type Tab, tableBundles, timelineBundles } from '../browser.ts';

let browser: Browser;
let editor: Tab;
let table: Tab;
let timeline: Tab;

beforeAll(async () => {
  browser = await launch();
  [editor, table, timeline] = await Promise.all([
    openTab(browser, await bundles()),
    openTab(browser, await tableBundles()),
    openTab(browser, await timelineBundles()),
  ]);
});
afterAll(() => browser.close());

/** Returns the name of what has the focus: its label, or its text. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const { activeElement } = document;
    if (activeElement === null || activeElement === document.body) return 'nothing';
    const isField = activeElement instanceof HTMLInputElement || activeElement instanceof HTMLSelectElement;
    const labels = isField ? activeElement.labels : undefined;
    const name =
      activeElement.getAttribute('aria-label') ??
      labels?.[0]?.querySelector('span')?.textContent ??
      labels?.[0]?.textContent ??
      activeElement.textContent ??
      '';
    return name.split('.')[0]?.trim() ?? '';
  });

/** Returns true if the focus is seen: by a ring, or by a border in its colour. */
const hasRing = (page: Page) =>
  page.evaluate(() => {
    const { activeElement } = document;
    if (activeElement === null || !activeElement.matches(':focus-visible')) return false;
    const { outlineStyle, outlineWidth, borderColor } = getComputedStyle(activeElement);
    const probe = document.body.appendChild(document.createElement('i'));
    probe.style.color = 'var(--vscode-focusBorder)';
    const { color } = getComputedStyle(probe);
    probe.remove();
    return (outlineStyle !== 'none' && outlineWidth !== '0px') || borderColor === color;
  });

async function pressed(page: Page, keys: readonly string[]): Promise<readonly string[]> {
  const names: string[] = [];
  for (const key of keys) {
    await page.keyboard.press(key);
    names.push(await focused(page));
  }
  return names;
}

/** Returns the names of everything that Tab stops at, from the start of the page to its end. Each shows that it has the focus. */
async function tabStops(page: Page): Promise<readonly string[]> {
  await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
  await page.mouse.click(1, 1);
  const names: string[] = [];
  for (;;) {
    await page.keyboard.press('Tab');
    const name = await focused(page);
    if (name === 'nothing' || names.length > 60) return names;
    expect(await hasRing(page), name).toBe(true);
    names.push(name);
  }
}

describe('the editor', () => {
  const settled = () => editor.page.evaluate(() => window.fakeHost.settled());

  async function open(): Promise<Page> {
    await editor.open();
    await editor.page.evaluate(() => {
      window.fakeHost.show({ faults: [0x1c040] });
      window.fakeHost.scan();
      window.fakeHost.send({ notification: 'select', offset: 0x18a1c });
    });
    await settled();
    return editor.page;
  }

  test('has the focus in its map when it opens', async () => {
    expect(await focused(await open())).toBe('Cells of the image');
  });

  test('F6 goes from pane to pane, round and round', async () => {
    const page = await open();
    await page.locator('button.badge').click();
    const panes = ['Findings', 'Cells of the image', 'Inspector', 'Bytes in hex and as characters'];
    expect(await pressed(page, ['F6', 'F6', 'F6', 'F6', 'F6'])).toEqual([...panes, 'Findings']);
    expect(await pressed(page, ['Shift+F6', 'Shift+F6', 'Shift+F6', 'Shift+F6'])).toEqual([...panes].reverse());
  });

  test('each list is one tab stop', async () => {
    const page = await open();
    await page.locator('button.badge').click();
    expect(await tabStops(page)).toMatchInlineSnapshot(`
      [
        "metadata 64 KiB",
        "1 warning",
        "What if a bucket had",
        "Per memory",
        "Search…",
        "Try a Repair…",
        "Close",
        "warning: A chunk of 1,024 B at 0x1c040 is allocated, and neither a node nor a free list leads to it",
        "owner",
        "Legend 14",
        "1 cell = 2 pages (128 KiB)",
        "Cells of the image",
        "Width of the inspector",
        "Inspector",
        "bucket 0",
        "Close the inspector",
        "Data at 0x189c0",
        "node 0x4000 in memory 3",
        "Height of the bytes",
        "Close the bytes",
        "Addresses of the bytes",
        "Back (Backspace)",
        "go to",
        "Bytes in hex and as characters",
      ]
    `);
  });

  test('the arrow keys move in the list of findings, and Escape leads back to its button', async () => {
    const page = await open();
    await page.locator('button.badge').focus();
    await page.keyboard.press('Enter');
    await page.locator('.finding').first().focus();
    const [first = '', second] = await page.locator('.finding').allInnerTexts();
    expect(second).toBeDefined();
    await page.keyboard.press('ArrowDown');
    expect(await page.locator('.finding:focus').innerText()).toBe(second);
    await page.keyboard.press('Home');
    expect(await page.locator('.finding:focus').innerText()).toBe(first);
    await page.keyboard.press('Enter');
    expect(await page.locator('.finding:focus').innerText()).toBe(first);
    await page.keyboard.press('Escape');
    expect(await page.locator('button.badge:focus').count()).toBe(1);
  });

  test('the focus stays when what has it goes away', async () => {
    const page = await open();
    await page.getByLabel('Close the inspector').focus();
    await page.keyboard.press('Enter');
    expect(await focused(page)).toBe('Open the inspector');
    await page.keyboard.press('Enter');
    expect(await focused(page)).toBe('Close the inspector');

    // The summary of a cell makes way for what is in the cell.
    await page.locator('#map-cells').focus();
    await page.keyboard.press('ArrowRight');
    await settled();
    await page.getByRole('button', { name: 'Go into it' }).focus();
    await page.keyboard.press('Enter');
    await settled();
    expect(await page.locator('.crumb').count()).toBeGreaterThan(0);
    expect(await focused(page)).toBe('Inspector');

    // The only chip of a long legend is that of the highlighted owner.
    await page.locator('.legend-button').focus();
    for (const key of ['Enter', 'ArrowDown', 'Enter', 'Escape']) await page.keyboard.press(key);
    await settled();
    await page.locator('.chip').focus();
    await page.keyboard.press('Enter');
    await settled();
    expect(await focused(page)).toBe('Cells of the image');

    await page.getByLabel('Finer cells').focus();
    for (let count = 0; count < 12; count++) await page.keyboard.press('Enter');
    expect(await page.getByLabel('Finer cells').getAttribute('aria-disabled')).toBe('true');
    expect(await focused(page)).toBe('Finer cells');

    await page.evaluate(() => window.fakeHost.send({ notification: 'stale', text: 'The file has changed.' }));
    await page.getByRole('button', { name: 'Reload' }).focus();
    await page.keyboard.press('Enter');
    await page.evaluate(() => window.fakeHost.send({ notification: 'stale', text: undefined }));
    await settled();
    expect(await page.getByRole('button', { name: 'Reload' }).count()).toBe(0);
    expect(await focused(page)).toBe('Cells of the image');
  });

  test('an address leads into the bytes', async () => {
    const page = await open();
    await page.keyboard.press('Control+g');
    await page.keyboard.type('0x18a30');
    await page.keyboard.press('Enter');
    expect(await focused(page)).toBe('Bytes in hex and as characters');
    await page.keyboard.press('Control+g');
    await page.keyboard.press('Escape');
    expect(await focused(page)).toBe('Bytes in hex and as characters');
  });

  test('bytes that VS Code selects take the focus if the page gets it', async () => {
    const page = await open();
    await page.evaluate(() => window.fakeHost.send({ notification: 'select', offset: 0x18a20 }));
    await settled();
    expect(await focused(page)).toBe('Cells of the image');
    await page.evaluate(() => window.fakeHost.send({ notification: 'select', offset: 0x18a20, takesFocus: true }));
    await settled();
    expect(await focused(page)).toBe('Bytes in hex and as characters');
  });

  test('a click beside everything takes the focus away, and later changes do not bring it back', async () => {
    const page = await open();
    await page.locator('.identity').click();
    await page.evaluate(() => window.fakeHost.scan());
    await page.evaluate(() => window.fakeHost.send({ notification: 'select', offset: 0x40000 }));
    await settled();
    expect(await focused(page)).toBe('nothing');
  });
});

describe('the table', () => {
  async function open(): Promise<Page> {
    await table.open({ width: 900, height: 480 });
    await table.page.evaluate(() => window.fakeTable.show({ length: 50_000, known: 40_000 }));
    await table.page.evaluate(() => window.fakeTable.settled());
    return table.page;
  }

  test('has the focus in its rows when it opens', async () => expect(await focused(await open())).toBe('Elements'));

  test('each list is one tab stop', async () => {
    const page = await open();
    expect(await tabStops(page)).toMatchInlineSnapshot(`
      [
        "filter",
        "What to go to",
        "Index",
        "Columns",
        "Elements",
      ]
    `);
  });

  test('the columns are one tab stop, and leaving them closes their list', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Columns' }).focus();
    for (const key of ['Enter', 'Tab', 'ArrowDown', 'Space']) await page.keyboard.press(key);
    expect(await page.getByRole('columnheader').allInnerTexts()).not.toContain('id');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Elements');
    expect(await page.locator('.column-list').count()).toBe(0);
  });

  test('the focus is in the rows when a search is stopped', async () => {
    const page = await open();
    await page.evaluate(() => window.fakeTable.show({ length: 10_000_000 }));
    await page.getByLabel('filter').fill('price > 5000');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Stop' }).focus();
    await page.keyboard.press('Enter');
    await page.evaluate(() => window.fakeTable.settled());
    expect(await focused(page)).toBe('Elements');
  });
});

describe('the timeline', () => {
  async function open(): Promise<Page> {
    await timeline.open({ width: 1100, height: 640 });
    await timeline.page.evaluate(() => window.fakeTimeline.show({ step: 9_001 }));
    await timeline.page.evaluate(() => window.fakeTimeline.settled());
    return timeline.page;
  }

  test('F6 goes from the picture to the side bar', async () => {
    const page = await open();
    expect(await focused(page)).toMatch(/^Addresses over time/);
    expect(await pressed(page, ['F6'])).toEqual(['Why, and other policies']);
    expect(await pressed(page, ['Shift+F6'])).toEqual([expect.stringMatching(/^Addresses over time/)]);
  });

  test('each list is one tab stop', async () => {
    const page = await open();
    expect(await tabStops(page)).toMatchInlineSnapshot(`
      [
        "Addresses over time",
        "of",
        "colour by",
        "16 B to 31 B",
        "Addresses over time of memory blocks of region 16",
        "highest 14",
        "Size and live bytes",
        "Width of the side bar",
        "Why, and other policies",
        "Why 0x3aa0?",
        "0x1a40",
        "Compare the policies",
        "Same requests, other policies",
        "#9,849",
      ]
    `);
  });

  test('the tabs are one tab stop, and an arrow key chooses', async () => {
    const page = await open();
    await page.getByRole('tab', { name: 'Addresses over time' }).focus();
    await page.keyboard.press('ArrowRight');
    expect(await focused(page)).toBe('Flame graph');
    await page.evaluate(() => window.fakeTimeline.settled());
    expect(await page.locator('.frames').count()).toBe(1);
    await page.keyboard.press('F6');
    expect(await page.locator('.frame:focus').getAttribute('aria-level')).toBe('1');
  });
});
