import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundles, launch, type OpenOptions, openTab, type Tab } from '../browser.ts';
import type { FakeOptions } from '../fake-memory.ts';
import { THEMES, type ThemeName } from '../themes.ts';

let browser: Browser;
let tab: Tab;

beforeAll(async () => {
  browser = await launch();
  tab = await openTab(browser, await bundles());
});
afterAll(() => browser.close());

const settled = (page: Page) => page.evaluate(() => window.fakeHost.settled());

/** Opens the editor on a memory, passes it to `use`, and expects no errors in the page. */
async function onMap(
  use: (page: Page) => Promise<void>,
  memory: FakeOptions & { readonly scan?: boolean } = {},
  options: OpenOptions = {},
): Promise<void> {
  const { page, open, troubles } = tab;
  await open(options);
  await page.evaluate((shown) => {
    window.fakeHost.show(shown);
    if (shown.scan === true) window.fakeHost.scan();
  }, memory);
  await settled(page);
  await use(page);
  expect(troubles()).toEqual([]);
}

/** Returns the entries of the legend's list. */
const entries = (page: Page, how: { readonly selected?: boolean } = {}) => page.getByRole('listbox').getByRole('option', how);

/** Returns the colour of a point of the cells (canvas 0) or of what lies above them (canvas 1). */
const pixel = (page: Page, canvas: 0 | 1, x: number, y: number) =>
  page
    .locator('.field canvas')
    .nth(canvas)
    .evaluate(
      (element, [x, y]) =>
        element instanceof HTMLCanvasElement ? [...(element.getContext('2d')?.getImageData(x, y, 1, 1).data ?? [])] : [],
      [x, y] as const,
    );

const choose = (page: Page, colouring: string) => page.locator('.colour-by').getByRole('radio', { name: colouring }).click();
const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent ?? '');

/** Returns the middle of a column of cells, in pixels. */
const middle = (column: number) => Math.round((column + 0.5) * 14.27);

/** Returns the tab stops above the cells. */
const tabStops = (page: Page) =>
  page.locator('.tools :is(button, input, [tabindex])').evaluateAll((all) =>
    all.flatMap((each) => {
      const isStop = each instanceof HTMLElement && each.tabIndex >= 0 && !each.matches(':disabled');
      return isStop && getComputedStyle(each).visibility !== 'hidden' ? [each.textContent ?? ''] : [];
    }),
  );

test('the colours can stand for kinds: structures of a kind have one colour', () =>
  onMap(async (page) => {
    const own = [await pixel(page, 0, 20, 8), await pixel(page, 0, 20, 4 * 17 + 8)];
    expect(own[0]).not.toEqual(own[1]);
    await choose(page, 'kind');
    expect(await pixel(page, 0, 20, 8)).toEqual(await pixel(page, 0, 20, 4 * 17 + 8));
    expect(await page.locator('.chip').allInnerTexts()).toEqual(['manager', 'BTreeMap', 'Log']);
    await page.locator('.chip', { hasText: 'Log' }).click();
    expect((await pixel(page, 0, 20, 8))[3]).toBeLessThan(80);
    await page.locator('.field').hover({ position: { x: 20, y: 8 } });
    expect(await page.locator('.tip').innerText()).toContain('BTreeMap');
  }));

test('or for how full a cell is: the share of its live bytes is a bar of that height', () =>
  onMap(async (page) => {
    await choose(page, 'fill');
    expect(await page.locator('.scale li').allInnerTexts()).toEqual([
      'nothing live',
      'to 25 %',
      'to 50 %',
      'to 75 %',
      'to 100 %',
    ]);
    const [full, empty] = [await pixel(page, 0, 20, 2), await pixel(page, 0, middle(30), 2)];
    expect(full).not.toEqual(empty);
    // Half of the third page of memory 9 is free: the bar is half as high.
    const half = middle(3);
    expect(await pixel(page, 0, half, 16 * 17 + 2)).toEqual(empty);
    expect(await pixel(page, 0, half, 16 * 17 + 14)).not.toEqual(empty);
    await page.locator('.field').hover({ position: { x: half, y: 16 * 17 + 8 } });
    expect(await page.locator('.tip').innerText()).toContain('50 % live');
  }));

test('a snapshot has no ages, and a step of a trace has', async () => {
  await onMap(async (page) => expect(await page.getByRole('radio').allInnerTexts()).toEqual(['owner', 'kind', 'fill']));
  await onMap(
    async (page) => {
      expect(await page.getByRole('radio').allInnerTexts()).toEqual(['owner', 'kind', 'fill', 'age']);
      await choose(page, 'age');
      await settled(page);
      await page.locator('.field').hover({ position: { x: middle(5), y: 8 } });
      expect(await page.locator('.tip').innerText()).toContain('last write: step 36, 4 steps ago');
      const [written, never] = [await pixel(page, 0, middle(5), 14), await pixel(page, 0, middle(20), 20 * 17 + 14)];
      expect(written).not.toEqual(never);
      // A snapshot after it has no ages, so it is coloured by owner.
      await page.evaluate(() => window.fakeHost.show({}));
      await settled(page);
      expect(await page.getByRole('radio', { checked: true }).innerText()).toBe('owner');
    },
    { step: 40 },
  );
});

test('the choice is one tab stop, moves with the arrow keys and is kept', async () => {
  await onMap(async (page) => {
    await page.getByRole('radio', { name: 'owner' }).focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.getByRole('radio', { checked: true }).innerText()).toBe('kind');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    expect(await focused(page)).toBe('fill');
    expect(await tabStops(page)).toEqual(['fill', '1 cell = 1 page (64 KiB)']);
    await page.waitForFunction(() => JSON.stringify(window.fakeHost.savedState)?.includes('"colouring":"fill"'));
  });
  await onMap(
    async (page) => expect(await page.getByRole('radio', { checked: true }).innerText()).toBe('kind'),
    {},
    { saved: { colouring: 'kind' } },
  );
});

test('a legend that does not fit in a line is a button, and chips that are not there are no tab stops', () =>
  onMap(async (page) => {
    expect(await page.locator('.chip').count()).toBe(0);
    expect(await tabStops(page)).toEqual(['owner', 'Legend 14', '1 cell = 1 page (64 KiB)']);
    await choose(page, 'kind');
    expect(await tabStops(page)).toEqual(['kind', 'Legend 3', 'manager', '1 cell = 1 page (64 KiB)']);
    await page.locator('.chip').first().focus();
    await page.keyboard.press('ArrowRight');
    expect(await focused(page)).toBe('BTreeMap');
    expect(await tabStops(page)).toContain('BTreeMap');
    expect(await tabStops(page)).not.toContain('manager');
  }));

test('the list of the legend: typing filters, the arrow keys move, Enter highlights, Escape closes', () =>
  onMap(async (page) => {
    // The map is drawn in the next frame.
    const dimmed = async () => {
      await settled(page);
      return (await pixel(page, 0, middle(3), 8))[3] ?? 0;
    };
    const fieldHeight = (await page.locator('.field').boundingBox())?.height;
    await page.locator('.legend-button').click();
    expect(await entries(page).count()).toBe(14);
    expect((await page.locator('.field').boundingBox())?.height).toBe(fieldHeight);
    await page.keyboard.type('log');
    expect(await entries(page).allInnerTexts()).toEqual([
      expect.stringContaining('1 log index'),
      expect.stringContaining('2 log data'),
    ]);
    await page.keyboard.press('ArrowDown');
    const active = await page.getByRole('combobox', { name: /^Search/ }).getAttribute('aria-activedescendant');
    expect(await page.locator(`#${active}`).innerText()).toContain('2 log data');
    await page.keyboard.press('Enter');
    expect(await entries(page, { selected: true }).innerText()).toContain('2 log data');
    expect(await dimmed()).toBeLessThan(80);
    await page.keyboard.press('Enter');
    expect(await dimmed()).toBe(255);
    await entries(page).first().click();
    expect(await dimmed()).toBeLessThan(80);
    await page.keyboard.press('Escape');
    expect(await entries(page).count()).toBe(0);
    expect(await focused(page)).toBe('Legend 14');
    // The highlighted one has a chip, to take it back.
    await page.locator('.chip', { hasText: '1 log index' }).click();
    expect(await dimmed()).toBe(255);
  }));

test('a legend of thousands has only the entries on screen in the page', () =>
  onMap(
    async (page) => {
      await page.locator('.legend-button').click();
      expect(await entries(page).count()).toBeLessThan(30);
      await page.keyboard.type('part 1999');
      expect(await entries(page).allInnerTexts()).toEqual([expect.stringContaining('part 1999')]);
      await page.keyboard.press('Control+a');
      await page.keyboard.press('Delete');
      for (let times = 0; times < 30; times++) await page.keyboard.press('PageDown');
      await settled(page);
      const active = await page.getByRole('combobox', { name: /^Search/ }).getAttribute('aria-activedescendant');
      expect(await page.locator(`#${active}`).innerText()).toContain('part 316');
    },
    { moreOwners: 2000 },
  ));

test.each(Object.keys(THEMES) as readonly ThemeName[])('findings are marked above names, in the theme %s', (theme) =>
  onMap(
    async (page) => {
      // The name of memory 4 covers all of the third cell of its row.
      const [x, y] = [middle(5), 6 * 17];
      const error = await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--vscode-charts-red'));
      const channels = [1, 3, 5].map((at) => Number.parseInt(error.slice(at, at + 2), 16));
      expect(await pixel(page, 1, x + 4, y + 2)).toEqual([...channels, 255]);
    },
    { faults: [(1 + 3 * 128 + 4) * 65_536] },
    { theme },
  ),
);

test('cells that a step changed are marked, described and on screen', () =>
  onMap(
    async (page) => {
      await page.locator('.field').focus();
      for (let times = 0; times < 4; times++) await page.keyboard.press('+');
      await page.evaluate(() => window.fakeHost.show({ step: 3, written: { start: 0x5000000, length: 10 } }));
      await settled(page);
      const [from, to] = (await page.locator('.addresses').innerText()).split(' – ').map(Number);
      expect(from).toBeLessThanOrEqual(0x5000000);
      expect(to).toBeGreaterThan(0x5000000);
      const marks = await page
        .locator('.field canvas')
        .nth(1)
        .evaluate((canvas) => {
          if (!(canvas instanceof HTMLCanvasElement)) return 0;
          const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
          let count = 0;
          // charts-yellow of the dark theme: #cca700
          for (let at = 0; at < data.length; at += 4)
            if (data[at] === 0xcc && data[at + 1] === 0xa7 && data[at + 2] === 0) count++;
          return count;
        });
      expect(marks).toBeGreaterThan(20);
    },
    { step: 2 },
  ));

test('zooming leaves the cell under the pointer where it is', () =>
  onMap(async (page) => {
    const point = { x: middle(37), y: 17 * 20 + 9 };
    const addressUnder = async () => {
      await page.locator('.field').hover({ position: { x: point.x, y: point.y - 1 } });
      await page.locator('.field').hover({ position: point });
      const [start = '', size = ''] = (await page.locator('.tip .number').innerText()).split(' +');
      return { start: Number(start), size };
    };
    const before = await addressUnder();
    const turn = async (by: number) => {
      await page.keyboard.down('Control');
      await page.mouse.wheel(0, by);
      await page.keyboard.up('Control');
      await settled(page);
    };
    for (let times = 0; times < 5; times++) {
      await turn(-120);
      expect((await addressUnder()).start).toBe(before.start);
    }
    expect((await addressUnder()).size).toBe('2 KiB');
    for (let times = 0; times < 3; times++) await turn(120);
    expect(await addressUnder()).toEqual({ start: before.start, size: '16 KiB' });
  }));

test('Alt with an arrow key is left to VS Code', () =>
  onMap(async (page) => {
    await page.evaluate(() => {
      document.body.addEventListener('keydown', (event) => {
        document.body.dataset['last'] = `${event.key} ${event.defaultPrevented}`;
      });
    });
    await page.locator('.field').focus();
    await page.keyboard.press('Alt+ArrowLeft');
    expect(await page.evaluate(() => document.body.dataset['last'])).toBe('ArrowLeft false');
    expect(await page.locator('.bytes-place').count()).toBe(0);
  }));

test('cells of very many owners are calm, and show a highlighted one', () =>
  onMap(
    async (page) => {
      const colours = async () =>
        page
          .locator('.field canvas')
          .first()
          .evaluate((canvas) => {
            if (!(canvas instanceof HTMLCanvasElement)) return [];
            const { data } = canvas.getContext('2d')?.getImageData(0, 8, canvas.width, 1) ?? { data: [] };
            const hues = new Set<string>();
            for (let at = 0; at < data.length; at += 4) {
              const [red = 0, green = 0, blue = 0, alpha = 0] = data.slice(at, at + 4);
              if (alpha === 255 && Math.max(red, green, blue) - Math.min(red, green, blue) > 40)
                hues.add(`${red} ${green} ${blue}`);
            }
            return [...hues];
          });
      expect(await colours()).toEqual([]);
      await page.locator('.legend-button').click();
      await page.keyboard.type('part 3');
      await page.keyboard.press('Enter');
      await settled(page);
      expect((await colours()).length).toBeGreaterThan(0);
    },
    { turns: 200 },
  ));

test('the tooltip of a cell has the values at its beginning, once the pointer rests', () =>
  onMap(async (page) => {
    const field = page.locator('.field');
    await field.hover({ position: { x: 26, y: 8 } });
    const tip = page.locator('.tip');
    await tip.locator('.decoded').first().waitFor();
    expect(await tip.locator('.decoded').allInnerTexts()).toEqual([
      'key 4 = 0x0200000000 · bytes',
      '.text = "alpha βeta"',
      'key 4 = 0x0200000000 · bytes',
      '…',
    ]);
    await field.dblclick({ position: { x: 26, y: 8 } });
    await settled(page);
    expect(await page.evaluate(() => window.getSelection()?.toString())).toBe('');
  }));
