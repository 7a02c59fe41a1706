/**
 * Takes pictures of the editor in every theme and some sizes, to be looked at: `node test/webview/look.ts DIRECTORY`.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { bundles, launch, type OpenOptions, openTab } from './browser.ts';

const [directory = 'look'] = process.argv.slice(2);
mkdirSync(directory, { recursive: true });

const PICTURES: Readonly<Record<string, OpenOptions & { readonly density?: number }>> = {
  dark: {},
  light: { theme: 'light' },
  'high-contrast': { theme: 'high-contrast' },
  'high-contrast-light': { theme: 'high-contrast-light' },
  small: { width: 900, height: 600 },
  narrow: { width: 620, height: 800, theme: 'light' },
  low: { width: 620, height: 500 },
  dense: { width: 1000, height: 700, density: 2 },
};

const browser = await launch();
const made = await bundles();
for (const [name, options] of Object.entries(PICTURES)) {
  const { page, open, troubles } = await openTab(browser, made, options.density);
  await open(options);
  await page.evaluate(
    'fakeHost.show({ faults: [0x1c040] }), fakeHost.scan(), fakeHost.send({ notification: "select", offset: 0x18a1c })',
  );
  await page.evaluate('fakeHost.settled()');
  await page.screenshot({ path: join(directory, `${name}.png`) });
  for (const trouble of troubles()) console.error(name, trouble);
  await page.close();
}
await browser.close();
console.log(`${made.editor.length} bytes of script, ${made.style.length} of style`);
