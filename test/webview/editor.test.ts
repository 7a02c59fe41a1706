import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { columnsFor } from '../../webview/map/geometry.ts';
import { type Bundles, bundles, launch, type OpenOptions, openTab, type Tab } from './browser.ts';

let browser: Browser;
let made: Bundles;
let tab: Tab;

beforeAll(async () => {
  [browser, made] = await Promise.all([launch(), bundles()]);
  tab = await openTab(browser, made);
});
afterAll(() => browser.close());

interface EditorOptions extends OpenOptions {
  /** False if the host has not shown anything yet. */
  readonly shows?: boolean;
  readonly tab?: Tab;
}

/** Opens the editor, passes it to `use`, and expects no errors in the page and no violations of its policy. */
async function inEditor(use: (page: Page) => Promise<void>, options: EditorOptions = {}): Promise<void> {
  const { page, open, troubles } = options.tab ?? tab;
  await open(options);
  if (options.shows !== false) {
    await page.evaluate(() => window.fakeHost.show({ faults: [0x1c040] }));
    await settled(page);
  }
  await use(page);
  expect(troubles()).toEqual([]);
}

/** Waits until all answers have arrived and are drawn. */
const settled = (page: Page) => page.evaluate(() => window.fakeHost.settled());

/** Waits until the editor has saved a state whose JSON contains `text`. It saves shortly after a change. */
async function savedAs(page: Page, text: string): Promise<unknown> {
  await page.waitForFunction((wanted) => JSON.stringify(window.fakeHost.savedState)?.includes(wanted), text);
  return page.evaluate(() => window.fakeHost.savedState);
}

/** Returns the colour of a point of the map's cells, relative to the field's corner. */
const pixel = (page: Page, x: number, y: number) =>
  page
    .locator('.field canvas')
    .first()
    .evaluate(
      (canvas, [x, y]) =>
        canvas instanceof HTMLCanvasElement
          ? [...(canvas.getContext('2d')?.getImageData(x * devicePixelRatio, y * devicePixelRatio, 1, 1).data ?? [])]
          : [],
      [x, y] as const,
    );

const inspected = async (page: Page) => (await page.locator('.crumb').allInnerTexts()).join(' › ');
/** Returns the place and length of the selection; an empty text if there is none. */
const selected = async (page: Page) => (await page.locator('.bytes-place').allInnerTexts()).join('');

test('the bundle is small', () => expect(made.editor.length).toBeLessThan(150_000));

test('the page waits until there is something to show', () =>
  inEditor(
    async (page) => {
      expect(await page.locator('.empty').innerText()).toContain('Opening the memory');
      expect(await page.evaluate(() => window.fakeHost.notifications)).toEqual([{ notification: 'ready', version: 1 }]);
    },
    { shows: false },
  ));

test('the strip shows the title, and the usage once it is counted', () =>
  inEditor(async (page) => {
    expect(await page.locator('.identity').innerText()).toContain('13 memories');
    expect(await page.locator('.legend').innerText()).toContain('Scanning all structures');
    await page.evaluate(() => window.fakeHost.scan());
    const legend = page.locator('.legend');
    expect((await legend.innerText()).replaceAll('\n', ' ')).toMatch(
      /metadata 64 KiB .*slack 101.8 MiB \(97.8 %\) .*104.1 MiB in all/,
    );
    expect(await legend.locator('.use').nth(3).getAttribute('title')).toContain('106,692,608 bytes');
    expect(await page.locator('.cost').innerText()).toBe('407 G cycles a year\n398 G of it for slack and free');
    expect(await page.locator('.cost').getAttribute('title')).toBe(
      '407,123,456,789 cycles a year: storing these bytes (127,000 cycles a GiB-second, 13 nodes, published 2026-08-18)\n' +
        '315,360,000,000 cycles a year: base fee of any canister with memory (not caused by these bytes)',
    );
  }));

test('cells are drawn in the theme’s colours', () =>
  inEditor(async (page) => {
    expect(await pixel(page, 14 * 3 + 6, 8)).toEqual([0x37, 0x94, 0xff, 255]);
    expect(await pixel(page, 14 * 60, 17 * 40)).toEqual([0, 0, 0, 0]);
  }));

test('cells are as sharp on a dense screen', async () => {
  const dense = await openTab(browser, made, 2);
  await inEditor(async (page) => expect(await pixel(page, 14 * 3 + 6, 8)).toEqual([0x37, 0x94, 0xff, 255]), { tab: dense });
  await dense.page.close();
});

test('another theme is followed at once', () =>
  inEditor(async (page) => {
    await page.evaluate(() => {
      document.documentElement.style.setProperty('--vscode-charts-blue', '#ff8800');
      document.body.className = 'vscode-light';
    });
    await settled(page);
    expect(await pixel(page, 14 * 3 + 6, 8)).toEqual([0xff, 0x88, 0, 255]);
  }));

test('a click on a cell selects it, sums it up and shows its bytes', () =>
  inEditor(async (page) => {
    await page.evaluate(() => window.fakeHost.scan());
    await page.locator('.field').click({ position: { x: 14 * 2 + 7, y: 16 * 17 + 8 } });
    await settled(page);
    expect(await selected(page)).toBe('0x4020000 · 65,536 selected');
    expect(await page.locator('.row .address').allInnerTexts()).toContain('0x4020000');
    const summary = (await page.locator('.inspector').innerText()).replaceAll(/\s+/g, ' ');
    expect(summary).toContain('addresses 0x4020000 – 0x4030000 size 64 KiB fill 100 % live');
    expect(summary).toContain('9 files 100 % live 64 KiB 100 %');
    expect(await page.locator('.crumb').count()).toBe(0);
    expect(JSON.stringify(await page.evaluate(() => window.fakeHost.notifications))).not.toContain('"selected"');
  }));

test('the summary of a cell lists its uses with their shares, and its findings', () =>
  inEditor(async (page) => {
    await page.evaluate(() => window.fakeHost.scan());
    await page.locator('.field').click({ position: { x: 14 * 3 + 7, y: 17 * 16 + 8 } });
    await settled(page);
    const summary = (await page.locator('.cell-summary').innerText()).replaceAll(/\s+/g, ' ');
    expect(summary).toContain('fill 50 % live');
    expect(summary).toContain('live 32 KiB 50 % free 32 KiB 50 %');
    await page.locator('.field').click({ position: { x: 14 + 7, y: 8 } });
    await settled(page);
    const findings = page.locator('.cell-findings button');
    expect(await findings.innerText()).toContain('A chunk of 1,024 B at 0x1c040 is allocated');
    await findings.click();
    await settled(page);
    expect(await selected(page)).toBe('0x1c040 · 1,024 selected');
    expect(await inspected(page)).toContain('BTreeMap');
  }));

test('a double click goes into the cell: it explains its byte and shows it in the trees', () =>
  inEditor(async (page) => {
    await page.locator('.field').dblclick({ position: { x: 14 * 20, y: 60 } });
    await settled(page);
    expect(await inspected(page)).toContain('memory 1 “log index” › slack');
    expect(await selected(page)).toMatch(/^0x\w+ · 8,323,072 selected from 0x\w+$/);
    expect(await page.locator('.row .cursor').count()).toBe(2);
    expect(await page.evaluate(() => window.fakeHost.notifications)).toContainEqual(
      expect.objectContaining({ notification: 'selected', part: 'memory/1' }),
    );
  }));

test('so does the link in the summary', () =>
  inEditor(async (page) => {
    await page.locator('.field').click({ position: { x: 14 * 3 + 6, y: 8 } });
    await settled(page);
    await page.locator('.cell-summary .link').click();
    await settled(page);
    expect(await inspected(page)).toContain('BTreeMap');
  }));

test('a hover shows the owner, the use and the address', () =>
  inEditor(async (page) => {
    await page.locator('.field').hover({ position: { x: 14 * 3 + 6, y: 8 } });
    expect(await page.locator('.tip').innerText()).toBe('3 events, live\n0x30000 +64 KiB');
    await page.locator('.strip').hover();
    await page.locator('.tip').waitFor({ state: 'hidden' });
  }));

test('the map is controlled by keys, and announces the position', () =>
  inEditor(async (page) => {
    await page.locator('.field').focus();
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown']) await page.keyboard.press(key);
    expect(await selected(page)).toBe('0x420000 · 65,536 selected');
    expect(await page.locator('[aria-live]').innerText()).toBe('0x420000: 3 events, slack');
    await page.keyboard.press('Enter');
    await settled(page);
    expect(await inspected(page)).toContain('slack');
    expect(await page.locator('[aria-live]').innerText()).toBe('0x420000: bucket 0, memory 3 “events”, slack.');
    await page.keyboard.press('End');
    expect(await selected(page)).toBe('0x6800000 · 65,536 selected');
    await page.keyboard.press('Home');
    expect(await selected(page)).toBe('0x0 · 65,536 selected');
  }));

test('zooming by keys, wheel and buttons', () =>
  inEditor(async (page) => {
    const zoom = page.locator('.zoom .plain');
    expect(await zoom.innerText()).toBe('1 cell = 1 page (64 KiB)');
    await page.locator('.field').focus();
    await page.keyboard.press('+');
    expect(await zoom.innerText()).toBe('1 cell = 32 KiB');
    await page.locator('.field').hover({ position: { x: 100, y: 100 } });
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -120);
    await page.keyboard.up('Control');
    await settled(page);
    expect(await zoom.innerText()).toBe('1 cell = 16 KiB');
    await page.getByLabel('Coarser cells').click();
    expect(await zoom.innerText()).toBe('1 cell = 32 KiB');
    await zoom.click();
    expect(await zoom.innerText()).toBe('1 cell = 1 page (64 KiB)');
    expect(await page.getByLabel('Coarser cells').isDisabled()).toBe(true);
  }));

test('the wheel scrolls, and the minimap goes anywhere', () =>
  inEditor(async (page) => {
    await page.locator('.field').focus();
    for (let times = 0; times < 6; times++) await page.keyboard.press('+');
    const addresses = page.locator('.addresses');
    expect(await addresses.innerText()).toMatch(/^0x0 – /);
    await page.locator('.field').hover({ position: { x: 100, y: 100 } });
    await page.mouse.wheel(0, 170);
    await settled(page);
    expect(await addresses.innerText()).toMatch(/^0xa0000 – /);
    const { height = 0 } = (await page.locator('.minimap').boundingBox()) ?? {};
    await page.locator('.minimap').click({ position: { x: 9, y: height * 0.83 } });
    await settled(page);
    expect(await addresses.innerText()).toMatch(/^0x5\w{6} – 0x5\w{6}$/);
  }));

test('a click selects an owner of the breadcrumb', () =>
  inEditor(async (page) => {
    await page.evaluate(() => window.fakeHost.send({ notification: 'select', offset: 0x18a1c }));
    await settled(page);
    await page.locator('.crumb', { hasText: 'bucket 0' }).getByRole('button').click();
    expect(await selected(page)).toBe('0x10000 · 8,388,608 selected');
    expect(await inspected(page)).toContain('value');
  }));

test('the inspector shows other bytes from the top', () =>
  inEditor(
    async (page) => {
      const inspector = page.locator('.inspector');
      const select = async (offset: number) => {
        await page.evaluate((offset) => window.fakeHost.send({ notification: 'select', offset }), offset);
        await settled(page);
      };
      await select(0x18a1c);
      await inspector.evaluate((pane) => pane.scrollTo(0, 40));
      expect(await inspector.evaluate((pane) => pane.scrollTop)).toBe(40);
      await select(0x20000);
      expect(await inspector.evaluate((pane) => pane.scrollTop)).toBe(0);
    },
    { height: 420 },
  ));

test('findings are listed, and a click selects their bytes', () =>
  inEditor(async (page) => {
    await page.evaluate(() => window.fakeHost.scan());
    await page.locator('.badge').click();
    expect(await page.locator('.findings').innerText()).toContain('neither a node nor a free list leads to it');
    await page.locator('.finding').first().click();
    await settled(page);
    expect(await selected(page)).toBe('0x1c040 · 1,024 selected');
    await page.keyboard.press('Escape');
    expect(await page.locator('.findings').count()).toBe(0);
  }));

test('a double click on a cell with a red edge selects its finding', () =>
  inEditor(async (page) => {
    await page.evaluate(() => window.fakeHost.scan());
    await page.locator('.field').dblclick({ position: { x: 14 + 7, y: 8 } });
    await settled(page);
    expect(await selected(page)).toBe('0x1c040 · 1,024 selected');
  }));

test('bytes: a click explains, keys move, the wheel scrolls', () =>
  inEditor(async (page) => {
    await page.locator('.hex [data-offset="20"]').click();
    await settled(page);
    expect(await selected(page)).toBe('0x14 · 65,536 selected from 0x0');
    await page.keyboard.press('ArrowDown');
    expect(await selected(page)).toBe('0x24 · 1 selected');
    await page.keyboard.press('Control+End');
    await settled(page);
    expect(await selected(page)).toBe('0x680ffff · 1 selected');
    expect(await page.locator('.row').last().locator('.address').innerText()).toBe('0x680fff0');
    await page.mouse.wheel(0, -1_000_000);
    await settled(page);
    expect(await page.locator('.bytes-grid').getAttribute('aria-rowcount')).toBe('6819840');
  }));

test('bytes and notes have tooltips with the value, the length and the address', () =>
  inEditor(async (page) => {
    const key = page.locator('.hex > span[data-offset="2"]');
    expect(await key.getAttribute('title')).toBe('key 4 = 0x0200000000 · bytes\n12 bytes at 0x0');
    expect(await page.locator('.note').first().getAttribute('title')).toBe(
      'key 4 = 0x0200000000 · bytes\n12 bytes at 0x0\n.text = "alpha βeta"\n100 bytes at 0xc',
    );
  }));

test('in high contrast a selected byte that the step changed is legible', () =>
  inEditor(
    async (page) => {
      const byte = page.locator('.hex > span').first();
      await byte.click();
      await byte.evaluate((element) => element.classList.add('changed', 'selected'));
      expect(await byte.evaluate((element) => getComputedStyle(element).color)).toBe('rgb(255, 255, 255)');
    },
    { theme: 'high-contrast-light' },
  ));

test('in high contrast bytes that nothing reads have no line under them', () =>
  inEditor(
    async (page) => {
      const byte = page.locator('.hex > span').first();
      const lineOf = (classes: string) =>
        byte.evaluate((element, name) => {
          element.setAttribute('class', name);
          return getComputedStyle(element).borderBottomStyle;
        }, classes);
      expect([await lineOf('in-other odd'), await lineOf('in-value odd'), await lineOf('in-value')]).toEqual([
        'none',
        'dotted',
        'solid',
      ]);
    },
    { theme: 'high-contrast-light' },
  ));

test('a long number breaks between its groups', () =>
  inEditor(async (page) => {
    await page.evaluate(() => window.fakeHost.send({ notification: 'select', offset: 0x10000 }));
    await settled(page);
    const cell = page.locator('.numbers tr').last().locator('td').first();
    expect([await cell.innerText(), await cell.locator('wbr').count()]).toEqual(['5,642,809,428,573,048,653', 6]);
  }));

test('the conclusion comes first, and says how large the memory would be with other buckets', () =>
  inEditor(async (page) => {
    const conclusion = page.locator('.conclusion');
    expect(await conclusion.innerText()).toContain(
      'Each of the 13 memories holds a whole 8 MiB bucket, and none fills more than 10 % of it.',
    );
    const output = conclusion.locator('output');
    expect(await output.innerText()).toBe('4 pages → 4.3 MiB · at most 8 GiB');
    await page.getByLabel('What if a bucket had').focus();
    await page.keyboard.press('ArrowLeft');
    expect(await output.innerText()).toBe('2 pages → 2.9 MiB · at most 4 GiB');
    await page.keyboard.press('End');
    expect(await output.innerText()).toBe('1,024 pages → 832.1 MiB · at most 500 GiB');
    for (const _ of [1, 2, 3]) await page.keyboard.press('ArrowLeft');
    expect(await output.innerText()).toBe('128 pages (now) → 104.1 MiB · at most 256 GiB');
    expect(await conclusion.innerText()).toMatch(/That costs 398\sG cycles a year\./);
  }));

test('the buckets of each memory are shown with the keyboard, and follow the slider', () =>
  inEditor(async (page) => {
    const cells = (row: string) => page.locator('.other-buckets tr', { hasText: row }).locator('td').allInnerTexts();
    await page.getByLabel('What if a bucket had').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await cells('events')).toEqual(['12', '1 →', '3', '7.3 MiB →', '0 B']);
    expect(await cells('users')).toEqual(['2', '1 →', '1', '7.9 MiB →', '128 KiB']);
    expect(await cells('all 13')).toEqual(['36', '13 →', '17', '101.8 MiB →', '2 MiB']);
    expect((await page.locator('.other-buckets dl').innerText()).split(/\n+/)).toEqual([
      'Image',
      '104.1 MiB → 4.3 MiB',
      'Cycles a year',
      '407 G → 16.9 G',
      'All memories at most',
      '256 GiB → 8 GiB',
      'A migration reads and writes',
      '2.3 MiB',
    ]);
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Buckets of each memory');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Home');
    expect(await cells('events')).toEqual(['12', '1 →', '12', '7.3 MiB →', '0 B']);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.locator('.other-buckets').count()).toBe(0);
  }));

test.each([260, 420, 1400])(
  'the band does not scroll sideways in a page %i pixels wide, and leaves room for the bytes',
  (width) =>
    inEditor(
      async (page) => {
        await page.getByRole('button', { name: 'Per memory' }).click();
        const band = await page.locator('.conclusion').evaluate((element) => ({
          isWithin: element.scrollWidth <= element.clientWidth,
          share: element.getBoundingClientRect().height / window.innerHeight,
        }));
        expect(band.isWithin).toBe(true);
        expect(band.share).toBeLessThan(0.5);
        expect(await page.locator('.hex').first().isVisible()).toBe(true);
      },
      { width, height: 800 },
    ),
);

test('notes alone are no faults', () =>
  inEditor(async (page) => {
    await page.evaluate(() => {
      window.fakeHost.show({ isSound: true });
      window.fakeHost.scan();
    });
    expect(await page.locator('.badge').innerText()).toBe('no faults · 1 note');
    expect(await page.locator('.badge .severity').count()).toBe(0);
    await page.locator('.badge').click();
    expect(await page.locator('.findings').innerText()).toContain('Bucket 11 was freed by a memory');
  }));

test('the hover of slack says what it costs and why memory grows in steps', () =>
  inEditor(async (page) => {
    await page.evaluate(() => window.fakeHost.scan());
    const hover = await page.locator('button.use', { hasText: 'slack' }).getAttribute('title');
    expect(hover).toContain('106,692,608 bytes, 97.8 %, 398 G cycles a year.');
    expect(hover).toContain('A memory grows by whole buckets of 8 MiB');
    expect(await page.locator('button.use', { hasText: 'live' }).getAttribute('title')).not.toContain('grows');
  }));

test('ranges of bytes are selected by dragging, with Shift, and all of them, and are copied', () =>
  inEditor(async (page) => {
    const byte = (offset: number) => page.locator(`.hex [data-offset="${offset}"]`);
    const copies = async () =>
      (await page.evaluate(() => window.fakeHost.notifications)).filter((each) => JSON.stringify(each).includes('"copy"'));
    await byte(0x14).hover();
    await page.mouse.down();
    await byte(0x1c).hover();
    await byte(0x32).hover();
    await page.mouse.up();
    await settled(page);
    expect(await selected(page)).toBe('0x32 · 31 selected from 0x14');
    expect(await page.locator('.hex .selected').count()).toBe(31);
    await byte(0x08).click({ modifiers: ['Shift'] });
    expect(await selected(page)).toBe('0x8 · 13 selected');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowRight');
    expect(await selected(page)).toBe('0x19 · 6 selected from 0x14');
    expect(await copies()).toEqual([]);
    await page.keyboard.press('Control+c');
    expect(await copies()).toEqual([{ notification: 'copy', offset: 0x14, length: 6 }]);
    await byte(0x14).click();
    await settled(page);
    expect(await selected(page)).toBe('0x14 · 65,536 selected from 0x0');
    await page.keyboard.press('Control+a');
    expect(await selected(page)).toBe('0x0 · 109,117,440 selected');
    expect(await page.evaluate(() => String(getSelection()))).toBe('');
  }));

test('the input goes to an offset, or shows an error', () =>
  inEditor(async (page) => {
    await page.keyboard.press('Control+g');
    await page.keyboard.type('0x9999999');
    expect(await page.locator('.trouble').innerText()).toBe('The image ends at 0x6810000.');
    await page.keyboard.press('Enter');
    expect(await selected(page)).toBe('');
    await page.keyboard.press('Escape');
    await page.keyboard.type('0x18a1c');
    await page.keyboard.press('Enter');
    await settled(page);
    expect(await selected(page)).toBe('0x18a1c · 112 selected from 0x189c0');
    expect(await page.locator('.row .address').allInnerTexts()).toContain('0x18a10');
  }));

test('missing bytes are dotted, in the bar and in the bytes', () =>
  inEditor(async (page) => {
    await page.evaluate(() => {
      window.fakeHost.show({ missing: 2 ** 20 });
      window.fakeHost.scan();
      window.fakeHost.send({ notification: 'select', offset: 0x680fff0 });
    });
    await settled(page);
    expect((await page.locator('.legend').innerText()).replaceAll('\n', ' ')).toContain('not downloaded 1 MiB');
    expect(await page.locator('.remarks').innerText()).toContain('1 MiB not downloaded.');
    expect(await page.locator('.hex .absent').first().innerText()).toBe('··');
  }));

test('another step keeps the position without a blank in between, and marks changes', () =>
  inEditor(async (page) => {
    await page.evaluate(() => window.fakeHost.send({ notification: 'select', offset: 0x1d0000 }));
    await settled(page);
    const before = await pixel(page, 14 * 3 + 6, 8);
    await page.evaluate(() => {
      window.fakeHost.hold();
      window.fakeHost.show({ used: 40 });
    });
    const byte = page.locator(`.hex [data-offset="${0x1d0020}"]`);
    expect(await byte.innerText()).toBe('00');
    expect(await inspected(page)).toContain('slack');
    expect(await pixel(page, 14 * 3 + 6, 8)).toEqual(before);
    expect(await page.locator('.hex .changed').count()).toBe(0);
    await page.evaluate(() => window.fakeHost.release());
    await settled(page);
    expect(await byte.innerText()).not.toBe('00');
    expect(await page.locator('.hex .changed').count()).toBeGreaterThan(20);
    expect(await selected(page)).toContain('0x1d0000');
    expect(await inspected(page)).toContain('BTreeMap');
  }));

test('panes can be closed, opened and moved, and that is saved', async () => {
  let saved: unknown;
  await inEditor(async (page) => {
    await page.getByLabel('Close the inspector').click();
    await page.getByLabel('Height of the bytes').focus();
    await page.keyboard.press('ArrowUp');
    saved = await savedAs(page, '"bytesHeight":256');
  });
  await inEditor(
    async (page) => {
      expect(await page.getByLabel('Open the inspector').count()).toBe(1);
      expect(await page.locator('.bytes').evaluate((pane) => pane.getBoundingClientRect().height)).toBe(256);
      await page.getByLabel('Close the bytes').click();
      expect(await page.locator('.row').count()).toBe(0);
    },
    { saved },
  );
});

test('an error is shown in its pane', () =>
  inEditor(async (page) => {
    await page.evaluate(() => {
      window.fakeHost.refuse('/data/stable_memory.bin was removed. Download it again.');
      window.fakeHost.send({ notification: 'select', offset: 0x20000 });
    });
    await settled(page);
    expect(await page.locator('.inspector .problem').innerText()).toBe('/data/stable_memory.bin was removed. Download it again.');
  }));

test('a memory that cannot be shown says why', () =>
  inEditor(async (page) => {
    await page.evaluate(() =>
      window.fakeHost.send({ notification: 'problem', text: 'The file is a directory. Open the file in it.' }),
    );
    expect(await page.locator('[role=alert]').innerText()).toContain('The file is a directory. Open the file in it.');
  }));

test('a step of an allocator says what it did, and leads to the timeline', () =>
  inEditor(
    async (page) => {
      await page.evaluate(() =>
        window.fakeHost.send({
          notification: 'show',
          version: 1,
          memory: { kind: 'step', session: 'a' },
          summary: {
            title: 'a',
            subtitle: 'step 30 of 100',
            layout: 'trace',
            bytes: 0,
            hasImage: false,
            missing: undefined,
            remarks: [],
            conclusion: {
              sentence: 'Step 30 freed 219 bytes at 0x1bfc of region 16.',
              cyclesPerYear: undefined,
              more: '2 live blocks with 88 B, and 1 gap with 219 B, in 8.5 KiB.',
              buckets: undefined,
            },
            written: undefined,
          },
        }),
      );
      await settled(page);
      expect(await page.locator('.conclusion').innerText()).toBe(
        'Step 30 freed 219 bytes at 0x1bfc of region 16. 2 live blocks with 88 B, and 1 gap with 219 B, in 8.5 KiB.',
      );
      await page.getByRole('button', { name: 'Show its blocks, and its addresses over time' }).click();
      expect(await page.evaluate(() => window.fakeHost.notifications.at(-1))).toEqual({
        notification: 'command',
        command: 'showTimeline',
      });
    },
    { shows: false },
  ));

test.each([
  [0, true, 'Stable memory is empty'],
  [0, false, 'This trace has no image'],
])('%d bytes, image: %s: %s', (bytes, hasImage, title) =>
  inEditor(
    async (page) => {
      await page.evaluate(
        ([bytes, hasImage]) =>
          window.fakeHost.send({
            notification: 'show',
            version: 1,
            memory: { kind: 'snapshot', path: '/a' },
            summary: {
              title: 'a',
              subtitle: 'b',
              layout: 'empty',
              bytes,
              hasImage,
              missing: undefined,
              remarks: [],
              written: undefined,
            },
          }),
        [bytes, hasImage] as const,
      );
      await settled(page);
      expect(await page.locator('.empty h2').innerText()).toBe(title);
      expect(await page.evaluate(() => window.fakeHost.calls)).toEqual([]);
    },
    { shows: false },
  ),
);

const sizes = [
  [1400, 900],
  [900, 600],
  [620, 500],
] as const;
test.each(sizes)('at %d by %d pixels every pane has space', (width, height) =>
  inEditor(
    async (page) => {
      await page.evaluate(() => {
        window.fakeHost.scan();
        window.fakeHost.send({ notification: 'select', offset: 0x18a1c });
      });
      await settled(page);
      for (const [selector, least] of [
        ['.field', 60],
        ['.inspector', 90],
        ['.bytes-grid', 60],
      ] as const) {
        const box = await page.locator(selector).boundingBox();
        expect(box?.height, selector).toBeGreaterThanOrEqual(least);
        expect((box?.y ?? 0) + (box?.height ?? 0), selector).toBeLessThanOrEqual(height);
        expect((box?.x ?? 0) + (box?.width ?? 0), selector).toBeLessThanOrEqual(width);
      }
    },
    { width, height },
  ),
);

test('a changed file has a lasting banner, which reloads it', () =>
  inEditor(async (page) => {
    const text = 'stable_memory.bin is gone: it was deleted, moved or renamed.';
    await page.evaluate((text) => window.fakeHost.send({ notification: 'stale', text }), text);
    await page.locator('.banner[role="alert"]').filter({ hasText: text }).waitFor();
    await page.evaluate(() => window.fakeHost.show());
    await settled(page);
    await page.locator('.banner').getByRole('button', { name: 'Reload' }).click();
    expect(await page.evaluate(() => window.fakeHost.notifications.at(-1))).toEqual({ notification: 'reload' });
    await page.evaluate(() => window.fakeHost.send({ notification: 'problem', text: 'It is not there.' }));
    await page.locator('.banner').waitFor();
    await page.evaluate(() => window.fakeHost.send({ notification: 'stale', text: undefined }));
    await page.locator('.banner').waitFor({ state: 'detached' });
  }));

test('a mixed cell is drawn by its shares, and the legend highlights its free part', () =>
  inEditor(async (page) => {
    await page.evaluate(() => window.fakeHost.scan());
    await settled(page);
    const { columns, pitch } = columnsFor(await page.locator('.field').evaluate((field) => field.clientWidth));
    // The first half of this page is live, the second free.
    const cell = 1 + 8 * 128 + 2;
    const [x, y] = [(cell % columns) * pitch, Math.floor(cell / columns) * 17 + 8];
    const [live, free] = [await pixel(page, x + 3, y), await pixel(page, x + 9, y)];
    expect(live).not.toEqual(free);
    expect(live).toEqual(await pixel(page, x - 6, y));
    await page.locator('.field').hover({ position: { x: x + 6, y } });
    expect(await page.locator('.tip').innerText()).toContain('9 files: live 32 KiB, free 32 KiB');
    await page.locator('.use').filter({ hasText: 'free' }).click();
    await settled(page);
    const dimmed = await pixel(page, x + 3, y);
    expect(dimmed[3]).toBeLessThan(255);
    const lit = await pixel(page, x + 9, y);
    expect(lit[3]).toBe(255);
    expect(lit).not.toEqual(free);
  }));
