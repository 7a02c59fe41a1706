/**
 * Takes pictures of the timeline in every theme and some sizes, for inspection: `node test/webview/timeline/look.ts DIRECTORY`.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launch, type OpenOptions, openTab, timelineBundles } from '../browser.ts';

const [directory = 'look'] = process.argv.slice(2);
mkdirSync(directory, { recursive: true });

interface Picture extends OpenOptions {
  readonly density?: number;
  readonly more?: string;
}

const PICTURES: Readonly<Record<string, Picture>> = {
  dark: {},
  light: { theme: 'light' },
  'high-contrast': { theme: 'high-contrast' },
  'high-contrast-light': { theme: 'high-contrast-light' },
  low: { width: 1060, height: 470 },
  narrow: { width: 420, height: 900 },
  slim: { width: 260, height: 900, theme: 'light' },
  dense: { width: 700, height: 450, density: 2 },
  message: {
    width: 1060,
    height: 600,
    more: "document.querySelectorAll('select')[1].value = 'message'; document.querySelectorAll('select')[1].dispatchEvent(new Event('change', { bubbles: true }))",
  },
  why: { width: 1060, height: 470, more: 'fakeTimeline.send({ notification: "moved", step: 9000 })' },
  zoomed: {
    width: 1060,
    height: 470,
    more: 'for (let i = 0; i < 4; i++) document.querySelector("#timeline-picture").dispatchEvent(new KeyboardEvent("keydown", { key: "+", bubbles: true }))',
  },
  flame: { width: 1060, height: 470, more: "document.querySelectorAll('[role=tab]')[1].click()" },
};

const browser = await launch();
const made = await timelineBundles();
for (const [name, options] of Object.entries(PICTURES)) {
  const { page, open, troubles } = await openTab(browser, made, options.density);
  await open({ height: 640, ...options });
  await page.evaluate('fakeTimeline.show({ step: 9850 })');
  await page.evaluate('fakeTimeline.settled()');
  if (options.more !== undefined) await page.evaluate(options.more);
  await page.evaluate('fakeTimeline.settled()');
  await page.screenshot({ path: join(directory, `${name}.png`) });
  for (const trouble of troubles()) console.error(name, trouble);
  await page.close();
}
await browser.close();
console.log(`${made.editor.length} bytes of script, ${made.style.length} of style`);
