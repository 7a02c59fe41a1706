import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bundles, launch, type OpenOptions, openTab, type Tab, timelineBundles } from '../browser.ts';
import { THEMES } from '../themes.ts';
import type { FakeTraceOptions } from './fake-trace.ts';

let browser: Browser;
let made: Bundles;
let tab: Tab;

beforeAll(async () => {
  [browser, made] = await Promise.all([launch(), timelineBundles()]);
  tab = await openTab(browser, made);
});
afterAll(() => browser.close());

interface TimelineOptions extends OpenOptions {
  readonly trace?: FakeTraceOptions & { readonly step?: number };
}

/** Opens the timeline, passes it to `use`, and expects no errors in the page and no violations of its policy. */
async function inTimeline(use: (page: Page) => Promise<void>, options: TimelineOptions = {}): Promise<void> {
  const { page, open, troubles } = tab;
  await open({ width: 1100, height: 640, ...options });
  await page.mouse.move(0, 0);
  await page.evaluate((trace) => window.fakeTimeline.show(trace), options.trace ?? {});
  await settled(page);
  await use(page);
  expect(troubles()).toEqual([]);
}

const settled = (page: Page) => page.evaluate(() => window.fakeTimeline.settled());
const notified = (page: Page) => page.evaluate(() => window.fakeTimeline.notifications.slice(1));
const moment = (page: Page) => page.locator('.moment').innerText();
const field = (page: Page) => page.locator('#timeline-picture');

async function box(page: Page) {
  const found = await field(page).boundingBox();
  if (found === null) throw new Error('The picture is not laid out.');
  return found;
}

/** The colour of a point of the picture, as shares of its width and height. */
const pixel = (page: Page, x: number, y: number) =>
  page
    .locator('#timeline-picture canvas')
    .evaluate(
      (canvas, [x, y]) =>
        canvas instanceof HTMLCanvasElement
          ? [...(canvas.getContext('2d')?.getImageData(canvas.width * x, canvas.height * y, 1, 1).data ?? [])]
          : [],
      [x, y] as const,
    );

/** The number of points of the picture that are drawn at all. */
const drawn = (page: Page) =>
  page.locator('#timeline-picture canvas').evaluate((canvas) => {
    if (!(canvas instanceof HTMLCanvasElement)) return 0;
    const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
    let count = 0;
    for (let index = 3; index < data.length; index += 4) if ((data[index] ?? 0) > 0) count++;
    return count;
  });

/** The visible steps, as the last picture was asked for. */
const visibleSteps = (page: Page) =>
  page.evaluate(() => {
    const asked = window.fakeTimeline.calls.filter(({ call, params }) => call === 'timeline/addresses' && params.columns !== 512);
    return asked.at(-1)?.params.steps;
  });

test('the bundle is small', () => expect(made.editor.length).toBeLessThan(100_000));

test('the page says that it waits, and what went wrong', () =>
  inTimeline(async (page) => {
    await page.evaluate(() => window.fakeTimeline.send({ notification: 'problem', text: 'a.smtrace is not a trace.' }));
    await settled(page);
    expect(await page.getByRole('alert').innerText()).toContain('a.smtrace is not a trace.');
  }));

test('the step and its sentence are above everything', () =>
  inTimeline(
    async (page) => {
      expect(await moment(page)).toMatch(/^Step 9,850 of 10,000\s+Step 9850 was given 32 bytes/);
      await page.evaluate(() => window.fakeTimeline.send({ notification: 'moved', step: 9_000 }));
      await settled(page);
      expect(await moment(page)).toMatch(/Step 9,000 of 10,000\s+\d+ live blocks, 14.3 KiB, and \d+ free ones/);
    },
    { trace: { step: 9_850 } },
  ));

test('the picture has live blocks, free ones below the top, and nothing above it', () =>
  inTimeline(async (page) => {
    const [low, free, above] = await Promise.all([pixel(page, 0.1, 0.98), pixel(page, 0.22, 0.5), pixel(page, 0.05, 0.05)]);
    expect(Math.max(...low.slice(0, 3)) - Math.min(...low.slice(0, 3))).toBeGreaterThan(60);
    expect(Math.max(...free.slice(0, 3)) - Math.min(...free.slice(0, 3))).toBeLessThan(8);
    expect(free[3]).toBe(255);
    expect(above).toEqual([0, 0, 0, 0]);
  }));

test('a click goes there, and so does the end of a drag', () =>
  inTimeline(async (page) => {
    const { x, y, width, height } = await box(page);
    await page.mouse.click(x + width * 0.25, y + height / 2);
    expect(await notified(page)).toEqual([{ notification: 'go', step: 2501 }]);
    await page.mouse.move(x + width * 0.3, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.5, y + height / 2, { steps: 5 });
    await page.mouse.up();
    const sent = await notified(page);
    expect(sent.length).toBeLessThanOrEqual(2);
    await page.evaluate(() => window.fakeTimeline.send({ notification: 'moved', step: 2_501 }));
    expect((await notified(page)).at(-1)).toEqual({ notification: 'go', step: 5001 });
    expect(await moment(page)).toContain('Step 5,001 of 10,000');
  }));

test('a click at a fault goes to the step of the fault', () =>
  inTimeline(async (page) => {
    await page.getByRole('button', { name: 'Go to the fault before' }).click();
    expect((await notified(page)).at(-1)).toEqual({ notification: 'go', step: 9850 });
    const { x, y, width, height } = await box(page);
    // The first fault, and its address: 10 % of the highest one more than the rest of its step.
    await page.mouse.click(x + width * 0.49 + 3, y + height * (1 - 0.61) + 3);
    await page.evaluate(() => window.fakeTimeline.send({ notification: 'moved', step: 9_850 }));
    expect((await notified(page)).at(-1)).toEqual({ notification: 'go', step: 4900 });
  }));

test('the wheel zooms and holds the step under the pointer', () =>
  inTimeline(async (page) => {
    const { x, y, width, height } = await box(page);
    await page.mouse.move(x + width * 0.75, y + height / 2);
    for (let count = 0; count < 4; count++) await page.mouse.wheel(0, -300);
    await settled(page);
    const steps = await visibleSteps(page);
    if (steps === undefined) throw new Error('No picture was asked for.');
    expect(steps.to - steps.from).toBeLessThan(1_000);
    expect((7_500 - steps.from) / (steps.to - steps.from)).toBeCloseTo(0.75, 1);
    await page.mouse.wheel(300, 0);
    await settled(page);
    expect((await visibleSteps(page))?.from).toBeGreaterThan(steps.from + 100);
  }));

test('while the picture of a zoom is on its way, the last one is drawn in its place', () =>
  inTimeline(async (page) => {
    await page.evaluate(() => window.fakeTimeline.hold());
    await field(page).focus();
    for (let count = 0; count < 3; count++) await page.keyboard.press('-');
    for (let count = 0; count < 3; count++) await page.keyboard.press('+');
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    const asked = await page.evaluate(() => window.fakeTimeline.calls.length);
    expect(await drawn(page)).toBeGreaterThan(10_000);
    for (let count = 0; count < 6; count++) await page.keyboard.press('Shift+ArrowLeft');
    // Only the newest of these is asked for, once the first is answered.
    expect(await page.evaluate(() => window.fakeTimeline.calls.length)).toBe(asked);
    await page.evaluate(() => window.fakeTimeline.release());
    await settled(page);
    expect(await drawn(page)).toBeGreaterThan(10_000);
  }));

test('everything is reached by keys, and is said', () =>
  inTimeline(
    async (page) => {
      const said = () => page.locator('.announcement[aria-live]').innerText();
      await field(page).focus();
      await page.keyboard.press('Home');
      await settled(page);
      expect(await said()).toMatch(/^Step 1, 0x[0-9a-f]+: /);
      for (let count = 0; count < 3; count++) await page.keyboard.press('ArrowRight');
      for (let count = 0; count < 100; count++) await page.keyboard.press('ArrowDown');
      await settled(page);
      expect(await said()).toMatch(/^Step 250, 0x0: 16 bytes at 0x0, live from step 97 /);
      await page.keyboard.press('Enter');
      expect(await notified(page)).toEqual([{ notification: 'go', step: 250 }]);
      await settled(page);
      expect(await said()).toMatch(/^Step 250 of 10,000\. /);
      await page.keyboard.press('+');
      await settled(page);
      expect(await visibleSteps(page)).toMatchObject({ from: 125, to: 5125 });
      await page.keyboard.press('Escape');
      await settled(page);
      expect(await visibleSteps(page)).toEqual({ from: 1, to: 10_000 });
    },
    { trace: { step: 9_850 } },
  ));

test('the picture has a role, a name and a summary', () =>
  inTimeline(async (page) => {
    expect(await field(page).getAttribute('role')).toBe('application');
    expect(await field(page).getAttribute('aria-label')).toContain('memory blocks of region 16');
    const summary = await page.locator(`#${await field(page).getAttribute('aria-describedby')}`).innerText();
    expect(summary).toMatch(
      /^10,000 steps, 14\.9 KiB of addresses\. Colours: 16 B to 31 B, .*3 faults\. Step 10,000 of 10,000\./,
    );
  }));

test('hover tells what is there', () =>
  inTimeline(async (page) => {
    const { x, y, width, height } = await box(page);
    await page.mouse.move(x + width * 0.1, y + height - 3);
    await settled(page);
    expect(await page.locator('.tip').innerText()).toMatch(/^#1,001 · 0x[0-9a-f]+\n\d+ bytes at 0x[0-9a-f]+, live from step \d+/);
    await page.mouse.move(0, 0);
    expect(await page.locator('.tip').count()).toBe(0);
  }));

test('a kind of the legend can be highlighted, so that no kind depends on its colour', () =>
  inTimeline(async (page) => {
    const before = await pixel(page, 0.1, 0.98);
    await page.getByRole('button', { name: '128 B and more' }).click();
    await settled(page);
    expect(await pixel(page, 0.1, 0.98)).not.toEqual(before);
    expect(await page.locator('.chip[aria-pressed="true"]').first().innerText()).toBe('128 B and more');
    await page.getByLabel('colour by').selectOption('message');
    await settled(page);
    expect(await page.locator('.kinds').innerText()).toContain('update addMessage');
    expect(await page.locator('.kinds [aria-pressed="true"]').count()).toBe(0);
  }));

test('the figures at the step are exact, and the charts are chosen', () =>
  inTimeline(
    async (page) => {
      expect(await page.locator('.chart-title').first().innerText()).toMatch(
        /size\s+14\.7 KiB.*live\s+14\.3 KiB.*highest 14\.9 KiB/s,
      );
      await page.getByRole('button', { name: 'Free bytes and fragmentation' }).click();
      await settled(page);
      expect(await page.locator('.chart').count()).toBe(2);
      expect(await page.locator('.chart-title').nth(1).innerText()).toMatch(/not in one block\s+304 B \(82\.6 %\)/);
      await page.getByRole('button', { name: 'highest 14.9 KiB' }).first().click();
      expect((await notified(page)).at(-1)).toMatchObject({ notification: 'go' });
    },
    { trace: { step: 9_000 } },
  ));

test('why the allocator answered so is a table with signs, and leads to the comparison', () =>
  inTimeline(
    async (page) => {
      const why = page.locator('#section-why');
      expect(await why.innerText()).toMatch(/Why 0x[0-9a-f]+\?/);
      expect(await why.locator('tr.wrong').innerText()).toMatch(/✗.*leaf that the index leads to.*max 32 B/s);
      await why.getByRole('button', { name: '0x1a40' }).click();
      await settled(page);
      expect(await page.locator('.announcement[aria-live]').innerText()).toMatch(/^Step 9,001, 0x1a40: /);
      await page.getByRole('button', { name: 'Same requests, other policies' }).click();
      expect(await page.locator('.runs').count()).toBe(0);
      await why.getByRole('button', { name: 'Compare the policies' }).click();
      await settled(page);
      expect(await page.locator('.runs').innerText()).toMatch(/0\.7\.1.*4 overlaps, first at #9,849.*first-fit.*no overlap/s);
      await page.getByRole('button', { name: '#1,204' }).first().click();
      expect((await notified(page)).at(-1)).toEqual({ notification: 'go', step: 1204 });
    },
    { trace: { step: 9_001 } },
  ));

test('reasons that are those of another step say so until the new ones come', () =>
  inTimeline(
    async (page) => {
      const late = page.locator('#section-why .late');
      expect(await late.count()).toBe(0);
      await page.evaluate(() => window.fakeTimeline.hold());
      await page.evaluate(() => window.fakeTimeline.send({ notification: 'moved', step: 9_007 }));
      await late.filter({ visible: true }).waitFor();
      expect(await late.innerText()).toBe('Step 9,001. Going to step 9,007 …');
      await page.evaluate(() => window.fakeTimeline.release());
      await settled(page);
      expect(await late.count()).toBe(0);
    },
    { trace: { step: 9_001 } },
  ));

test('the flame graph is at the high-water mark, and zooms by click and keys', () =>
  inTimeline(async (page) => {
    await page.getByRole('tab', { name: 'Flame graph' }).click();
    await settled(page);
    expect(await page.locator('.flame').innerText()).toMatch(/14\.\d KiB in \d+ blocks alive at #9,/);
    const frames = await page.getByRole('treeitem').count();
    await page.getByRole('treeitem', { name: 'update addMessage' }).first().click();
    expect(await page.getByRole('treeitem').count()).toBeLessThan(frames);
    expect(await page.locator('.crumbs').innerText()).toContain('update addMessage');
    await page.keyboard.press('ArrowUp');
    expect(await page.locator('.frame:focus').getAttribute('aria-level')).toBe('3');
    await page.keyboard.press('Escape');
    expect(await page.getByRole('treeitem').count()).toBe(frames);
  }));

test('the view is as it was when it is opened again', async () => {
  let saved: unknown;
  await inTimeline(async (page) => {
    await page.getByLabel('colour by').selectOption('stack');
    await field(page).focus();
    await page.keyboard.press('+');
    await page.waitForFunction(() => JSON.stringify(window.fakeTimeline.savedState)?.includes('"stack"'));
    await page.waitForFunction(() => !JSON.stringify(window.fakeTimeline.savedState)?.includes('"length":10000'));
    saved = await page.evaluate(() => window.fakeTimeline.savedState);
  });
  await inTimeline(
    async (page) => {
      expect(await page.getByLabel('colour by').inputValue()).toBe('stack');
      expect(await visibleSteps(page)).toEqual({ from: 5000, to: 10_000 });
    },
    { saved },
  );
});

test('of a memory it draws reads and writes, and says its steps', () =>
  inTimeline(async (page) => {
    await page.locator('.choices select').first().selectOption('3');
    await settled(page);
    expect(await page.locator('.kinds').innerText()).toMatch(/^reads\s+writes/);
    expect(await page.locator('.blocks, #section-why').count()).toBe(0);
    await page.evaluate(() => window.fakeTimeline.send({ notification: 'moved', step: 17 }));
    await settled(page);
    expect(await page.locator('.announcement[aria-live]').innerText()).toBe('Step 17 of 10,000.');
  }));

test('an error is shown, and the last picture with it', () =>
  inTimeline(async (page) => {
    await page.evaluate(() => window.fakeTimeline.refuse('The memory engine was restarted.'));
    await field(page).focus();
    await page.keyboard.press('+');
    await settled(page);
    expect(await page.getByRole('alert').first().innerText()).toBe('The memory engine was restarted.');
    expect(await drawn(page)).toBeGreaterThan(10_000);
  }));

test.each([260, 420, 700])('at a width of %s pixels nothing is cut', (width) =>
  inTimeline(
    async (page) => {
      const { inner, scrolls } = await page.evaluate(() => {
        const scrolls = [...document.querySelectorAll('.timeline, .body, .pictures, aside')];
        return { inner: innerWidth, scrolls: scrolls.map((each) => each.scrollWidth) };
      });
      for (const each of scrolls) expect(each).toBeLessThanOrEqual(inner);
      const { height } = await box(page);
      expect(height).toBeGreaterThan(100);
    },
    { width, height: 900, trace: { step: 9_850 } },
  ),
);

test.each(Object.keys(THEMES).filter((name): name is keyof typeof THEMES => name in THEMES))(
  'in the theme %s each colour of the picture differs from the background',
  (theme) =>
    inTimeline(
      async (page) => {
        const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        const dots = await page
          .locator('.kinds .chip .dot')
          .evaluateAll((all) => all.map((dot) => getComputedStyle(dot).backgroundColor));
        expect(dots.length).toBe(4);
        for (const dot of dots) expect(contrastOf(dot, background)).toBeGreaterThanOrEqual(2.95);
        expect(new Set(dots).size).toBe(4);
      },
      { theme },
    ),
);

/** The contrast of two opaque colours (WCAG 2.2). */
function contrastOf(one: string, other: string): number {
  const [dark = 0, light = 0] = [one, other].map(luminance).sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(css: string): number {
  const [red = 0, green = 0, blue = 0] = (css.match(/[\d.]+/g) ?? []).map((text) => {
    const share = Number(text) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
