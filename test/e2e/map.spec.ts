import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { cache } from '../../tools/project.ts';
import { writeHugeImage } from './huge-image.ts';
import type { Spec } from './spec.ts';
import type { Theme } from './workbench.ts';

const THEMES: readonly Theme[] = ['dark', 'light', 'high contrast', 'high contrast light'];
const HUGE = join(cache, 'test', 'workspace', 'huge');

/** A user reads the map: by owner, kind, fill and age, in every theme, of a usual image, a huge one and a step of a trace. */
export const mapSpec: Spec = {
  name: 'map',
  prepare: (workspace) => writeHugeImage(join(workspace, 'huge', 'stable_memory.bin')),
  run: async ({ workbench, debugging, step }) => {
    const editor = () => workbench.webview();
    const { page } = workbench;
    const cells = () => editor().getByRole('application');
    const colourBy = (name: string) => editor().locator('.colour-by').getByRole('radio', { name }).click();

    await step('the colours stand for owners, kinds or how full a cell is', async () => {
      await workbench.openSnapshot('openchat-like-b128/stable_memory.bin');
      await editor().locator('.strip').filter({ hasText: 'cycles a year' }).waitFor();
      await editor().locator('.use').filter({ hasText: 'free 758.3 KiB' }).waitFor();
      await workbench.command('View: Close Primary Side Bar');
      await colourBy('kind');
      await cells().hover({ position: { x: 26, y: 8 } });
      await editor().locator('.tip').filter({ hasText: 'BTreeMap' }).waitFor();
      await colourBy('fill');
      await cells().hover({ position: { x: 26, y: 9 } });
      await editor().locator('.tip').filter({ hasText: '% live' }).waitFor();
      if ((await editor().getByRole('radio').count()) !== 3) throw new Error('A snapshot has no ages.');
    });

    for (const theme of THEMES) {
      await step(`the map is legible in the ${theme} theme`, async () => {
        const name = theme.replaceAll(' ', '-');
        await workbench.theme(theme);
        for (const colouring of ['owner', 'kind', 'fill'] as const) {
          await colourBy(colouring);
          await page.waitForTimeout(300);
          await workbench.shot(`map-${colouring}-${name}`);
        }
      });
    }

    await step('the legend is searched and highlights an owner', async () => {
      await workbench.theme('dark');
      await colourBy('owner');
      await editor().locator('.legend-button').click();
      await page.keyboard.type('mess');
      await editor().locator('.legend-entry').filter({ hasText: 'memory 3 “messages”' }).waitFor();
      await page.keyboard.press('Enter');
      await workbench.shot('map-legend');
      await page.keyboard.press('Escape');
      await editor().locator('.chip[aria-pressed="true"]').filter({ hasText: 'memory 3 “messages”' }).click();
    });

    await step('a click sums a cell up, and Enter goes into it', async () => {
      await cells().click({ position: { x: 26, y: 8 } });
      await editor().locator('.cell-summary').filter({ hasText: 'memory 3 “messages” BTreeMap' }).waitFor();
      await editor().locator('.bytes-place').filter({ hasText: '0x20000 ' }).waitFor();
      await page.mouse.move(720, 890);
      await workbench.shot('map-cell');
      await page.keyboard.press('Enter');
      await editor().locator('.crumb').filter({ hasText: 'BTreeMap' }).waitFor();
    });

    await step('an image of 477 GiB with 200 memories is calm, and its legend is a list', async () => {
      await workbench.command('View: Close All Editors');
      await workbench.openFile('huge/stable_memory.bin');
      await editor().locator('.strip').filter({ hasText: '200 memories' }).waitFor();
      await editor().locator('.legend-button').filter({ hasText: 'Legend 201' }).waitFor();
      if ((await editor().locator('.chip').count()) > 0) throw new Error('No chips fit.');
      await editor().locator('.badge').waitFor();
      await workbench.command('View: Close Primary Side Bar');
      for (const theme of THEMES) {
        await workbench.theme(theme);
        await workbench.shot(`map-huge-${theme.replaceAll(' ', '-')}`);
      }
      await workbench.theme('dark');
      await editor().locator('.legend-button').click();
      await page.keyboard.type('memory 189');
      await page.keyboard.press('Enter');
      await workbench.shot('map-huge-legend');
      await page.keyboard.press('Escape');
    });

    await step('going to a byte far away selects its own bucket', async () => {
      await cells().focus();
      await page.keyboard.press('Control+G');
      await page.keyboard.type('0x4000000123');
      await page.keyboard.press('Enter');
      await editor().locator('.crumb').filter({ hasText: 'bucket 17189' }).waitFor();
      await editor().locator('.crumb').filter({ hasText: 'memory 189' }).waitFor();
      await workbench.shot('map-huge-go-to');
      await workbench.command('View: Close All Editors');
      rmSync(HUGE, { recursive: true, force: true });
    });

    await step('findings are marked above the names', async () => {
      await workbench.openFile('damaged/corrupt-btree-child-cycle.bin');
      await editor().locator('.badge').filter({ hasText: '3 errors' }).waitFor();
      await page.mouse.move(720, 890);
      for (const theme of THEMES) {
        await workbench.theme(theme);
        await workbench.shot(`map-findings-${theme.replaceAll(' ', '-')}`);
      }
      await workbench.theme('dark');
      await workbench.command('View: Close All Editors');
    });

    await step('a step of a trace shows what it changed, and when the rest was written', async () => {
      await workbench.openFile('traces/memory-manager.smtrace');
      await debugging.start('MemoryManager');
      for (let count = 0; count < 14; count++) await debugging.press('step over');
      await debugging.untilVariables(/step[^|]*14 of/);
      await workbench.command('Stable Memory: Show the Memory at This Step');
      await editor().locator('.strip').filter({ hasText: 'step 14 of' }).waitFor();
      await colourBy('age');
      await editor().locator('.scale').filter({ hasText: 'this step' }).waitFor();
      await page.waitForTimeout(500);
      for (const theme of THEMES) {
        await workbench.theme(theme);
        await workbench.shot(`map-age-${theme.replaceAll(' ', '-')}`);
      }
      await workbench.theme('dark');
      await debugging.stop();
    });
  },
};
