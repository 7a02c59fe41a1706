import { cpSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cache } from '../../tools/project.ts';
import type { Spec } from './spec.ts';

const workspace = join(cache, 'test', 'workspace');
const DAMAGED = join(workspace, 'damaged', 'corrupt-btree-child-cycle.bin');

/** Checks that the editor shows the truth: in the map, the findings, the file on disk and its labels. */
export const pictureSpec: Spec = {
  name: 'picture',
  run: async ({ workbench, debugging, step }) => {
    const editor = () => workbench.webview();
    const { page } = workbench;
    const folder = join(workspace, 'changing');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    const file = join(folder, 'stable_memory.bin');
    const whole = readFileSync(DAMAGED);
    cpSync(DAMAGED, file);
    writeFileSync(join(folder, 'stable-memory.json'), '{ "memories": { "0": { "name": "users" } } }\n');

    await step('findings are Problems, with the same count as the strip and the icon', async () => {
      // The file watcher may miss a folder that was just created.
      await workbench.command('View: Show Explorer');
      await page.locator('.pane-header a[aria-label="Refresh Explorer"]').first().click({ force: true });
      await workbench.openFile('changing/stable_memory.bin');
      await editor().locator('.badge').filter({ hasText: '3 errors, 1 warning' }).waitFor();
      await workbench.command('Problems: Focus on Problems View');
      const rows = page.locator('.markers-panel .monaco-list-row');
      await rows.filter({ hasText: 'btree.node-reached-twice' }).first().waitFor();
      const counts = page.locator('#status\\.problems');
      await workbench.untilMatch(async () => (await counts.getAttribute('aria-label')) ?? '', /Errors: 3, Warnings: 1/);
      await page.locator('.activitybar .badge-content').filter({ hasText: /^4$/ }).first().waitFor();
      await workbench.shot('problems');
    });

    await step('a click on a problem leads to its bytes in the editor', async () => {
      for (const [text, offset] of [
        ['that there are 450 entries', '0x10014'],
        ['reached from elsewhere', '0xb2903'],
        ['that there are 450 entries', '0x10014'],
      ] as const) {
        await page.locator('.markers-panel .monaco-list-row').filter({ hasText: text }).first().click();
        await workbench.untilMatch(() => editor().locator('.bytes-place').innerText(), new RegExp(`${offset} `));
        await workbench.until(
          async () => (await page.locator('.tabs-container .tab').count()) === 1,
          'no document of findings stays open',
        );
      }
      await workbench.shot('problem-clicked');
      await workbench.command('View: Hide Panel');
    });

    await step('labels apply when they are saved', async () => {
      await editor().locator('.legend-button').click();
      await editor().locator('.legend-list').filter({ hasText: 'memory 0 “users”' }).waitFor();
      writeFileSync(join(folder, 'stable-memory.json'), '{ "memories": { "0": { "name": "accounts" } } }\n');
      await editor().locator('.legend-list').filter({ hasText: 'memory 0 “accounts”' }).waitFor();
      await page.keyboard.press('Escape');
    });

    await step('a codec and a memory that do not exist are underlined while typing', async () => {
      await workbench.openFile('changing/stable-memory.json');
      const text = page.locator('.editor-group-container.active .monaco-editor').first();
      await text.locator('.view-lines').click();
      await page.keyboard.press('Control+A');
      await page.keyboard.insertText('{ "memories": { "0": { "name": "accounts", "key": "u46-be" }, "99": {} } }');
      // The editor inserted a closing brace.
      await page.keyboard.press('Delete');
      await text.locator('.squiggly-error').waitFor({ state: 'attached' });
      await text.locator('.squiggly-warning').waitFor({ state: 'attached' });
      await workbench.command('Problems: Focus on Problems View');
      const rows = page.locator('.markers-panel .monaco-list-row');
      await rows.filter({ hasText: 'The key of memory 0 has an unknown codec: "u46-be"' }).waitFor();
      await rows.filter({ hasText: 'changing has no memory 99. It has 0, 1, 2' }).waitFor();
      await workbench.shot('labels-underlined');
      await workbench.command('View: Hide Panel');
      await workbench.command('File: Revert File');
      await workbench.command('View: Close Editor');
    });

    await step('a file that shrinks has a lasting banner, which reloads it', async () => {
      truncateSync(file, 400_000);
      await editor().locator('.banner').filter({ hasText: 'shorter than when it was opened' }).waitFor();
      await workbench.shot('file-shorter');
      await editor().locator('.banner').getByRole('button', { name: 'Reload' }).click();
      await editor().locator('.banner').waitFor({ state: 'detached' });
      await editor().locator('.total').filter({ hasText: '390.6 KiB' }).waitFor();
    });

    await step('so has a file that is gone, and one that is back', async () => {
      rmSync(file);
      await editor().locator('.banner').filter({ hasText: 'is gone' }).waitFor();
      await workbench.theme('light');
      await workbench.shot('file-gone-light');
      await workbench.theme('dark');
      writeFileSync(file, whole);
      await editor().locator('.banner').filter({ hasText: 'has changed on disk' }).waitFor();
      await editor().locator('.banner').getByRole('button', { name: 'Reload' }).click();
      await editor().locator('.badge').filter({ hasText: '3 errors, 1 warning' }).waitFor();
    });

    await step('Problems disappear with their snapshot', async () => {
      await workbench.command('View: Close All Editors');
      const counts = page.locator('#status\\.problems');
      await workbench.untilMatch(async () => (await counts.getAttribute('aria-label')) ?? '', /No Problems/);
      rmSync(folder, { recursive: true, force: true });
      await page
        .locator('.explorer-folders-view .monaco-list-row')
        .filter({ hasText: 'changing' })
        .waitFor({ state: 'detached' });
    });

    await step('the legend highlights what is free, also within a memory', async () => {
      await workbench.openFile('openchat-like-b128/stable_memory.bin');
      const free = editor().locator('.use').filter({ hasText: 'free 758.3 KiB' });
      await free.click();
      await editor()
        .getByRole('application')
        .hover({ position: { x: 26, y: 8 } });
      await editor().locator('.tip').filter({ hasText: 'live' }).filter({ hasText: 'KiB' }).waitFor();
      await workbench.shot('map-free');
      await free.click();
    });

    await step('the view of a step scrolls to the bytes that it wrote', async () => {
      await workbench.openFile('traces/memory-manager.smtrace');
      await debugging.start('MemoryManager');
      for (let count = 0; count < 13; count++) await debugging.press('step over');
      await debugging.untilVariables(/step[^|]*13 of/);
      await workbench.command('Stable Memory: Show the Memory at This Step');
      await editor().locator('.strip').filter({ hasText: 'step 13 of' }).waitFor();
      const title = () => editor().locator('.bytes-place').innerText();
      const before = await workbench.untilMatch(title, /0x[0-9a-f]+ · \d+ selected/);
      await debugging.press('step over');
      await workbench.until(async () => (await title()) !== before, 'the bytes of the next step are selected');
      await editor().locator('.strip').filter({ hasText: 'step 14 of' }).waitFor();
      await debugging.untilVariables(/step[^|]*14 of/);
      await workbench.shot('step');
      await debugging.stop();
    });
  },
};
