import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Spec } from './spec.ts';

const CONTAINER = 'Stable Memory';

/** A user opens a snapshot and looks at its summary, its content and single bytes. */
export const snapshotSpec: Spec = {
  name: 'snapshot',
  // The file that the spec exports, from an earlier run: the dialog would ask whether to replace it.
  prepare: (workspace) => rmSync(join(workspace, 'openchat-like-b128-memory-3.jsonl'), { force: true }),
  run: async ({ workbench, step }) => {
    const editor = () => workbench.webview();
    const { page } = workbench;

    await step('a snapshot shows its summary and the use of its bytes', async () => {
      await workbench.openSnapshot('openchat-like-b128/stable_memory.bin');
      await editor().locator('.strip').filter({ hasText: 'MemoryManager 1 · 13 memories · 13 buckets of 8 MiB' }).waitFor();
      await editor().locator('.strip').filter({ hasText: 'cycles a year' }).waitFor();
      await editor().locator('.use').filter({ hasText: 'slack' }).first().waitFor();
    });

    await step('waste is said first, is no fault, and is explained', async () => {
      const band = editor().locator('.conclusion');
      await band.filter({ hasText: 'Each of the 13 memories holds a whole 8 MiB bucket' }).waitFor();
      await editor().locator('.badge').filter({ hasText: 'no faults · 1 note' }).waitFor();
      await band.getByRole('button', { name: 'Per memory' }).click();
      const cells = () => band.locator('tr').filter({ hasText: 'messages' }).locator('td').allInnerTexts();
      await workbench.untilMatch(async () => (await cells()).join(' '), /^12 1 → 3 7\.3 MiB → 0 B$/);
      await band.getByLabel('What if a bucket had').press('ArrowRight');
      await workbench.untilMatch(async () => (await cells()).join(' '), /^12 1 → 2 7\.3 MiB → 256 KiB$/);
      await workbench.shot('waste');
      await band.getByRole('button', { name: 'Per memory' }).click();
      await workbench.showViews(CONTAINER);
      const row = await (await workbench.tree('Memories').show()).row('memory 3 “messages”');
      const hover = page.locator('.monaco-hover:visible');
      await workbench.until(async () => {
        await page.mouse.move(720, 890);
        await row.hover();
        return hover
          .filter({ hasText: 'A memory grows by whole buckets' })
          .waitFor({ timeout: 3_000 })
          .then(() => true)
          .catch(() => false);
      }, 'the hover says why memory grows in steps');
      await workbench.shot('waste-hover');
      await page.mouse.move(720, 890);
    });

    await step('every tree opens', async () => {
      await workbench.showViews(CONTAINER);
      const memories = await workbench.tree('Memories').show();
      await memories.expand('memory 3 “messages”', 'BTreeMap');
      const buckets = await workbench.tree('Buckets').show();
      await buckets.row('bucket 12');
      const freeLists = await workbench.tree('Free lists').show();
      await freeLists.expand('memory 3 “messages” · BTreeMap');
      const elements = await workbench.tree('Elements').show();
      await elements.expand('memory 3 “messages” · BTreeMap', '0 … 199');
      await workbench.until(async () => (await elements.rows()).some((row) => row.includes('alpha')), 'an element is decoded');
    });

    await step('an element leads to its bytes in the editor', async () => {
      const elements = workbench.tree('Elements');
      await elements.click('0200000004');
      await editor().locator('.crumb').filter({ hasText: 'memory 3' }).waitFor();
      await editor().locator('.crumb').filter({ hasText: 'BTreeMap' }).waitFor();
      await page.mouse.move(720, 890);
      await workbench.shot('editor');
    });

    await step('clicking a bucket shows what owns it', async () => {
      await workbench.tree('Buckets').click('bucket 8');
      await editor().locator('.crumb').filter({ hasText: 'memory 9' }).waitFor();
    });

    await step('a double click on the map goes in, and selects the row of what is there', async () => {
      await editor()
        .getByRole('application')
        .dblclick({ position: { x: 200, y: 60 } });
      await editor().locator('.crumb').filter({ hasText: 'memory 2' }).waitFor();
      const selected = workbench.tree('Memories').root.locator('.monaco-list-row.selected .label-name');
      await workbench.untilMatch(async () => (await selected.allInnerTexts()).join(), /^memory 2 /);
    });

    await step('text is found, stays listed in a view, and leads to its bytes', async () => {
      const items = page.locator('.quick-input-widget:visible .quick-input-list .monaco-list-row');
      await workbench.command('Stable Memory: Find in Memory…');
      await items.filter({ hasText: 'Decoded key or value' }).waitFor();
      await workbench.shot('find-kinds');
      await workbench.pick('gamma delta alpha', 'Text');
      const { root } = workbench.tree('Found');
      const rows = root.locator('.monaco-list-row');
      await rows
        .filter({ hasText: 'BTreeMap' })
        .filter({ hasText: /\d+ places/ })
        .waitFor();
      await root
        .locator('.pane-header .description')
        .filter({ hasText: /^“gamma delta alpha” as text: \d+ places in / })
        .waitFor();
      await workbench.shot('found');
      await rows.filter({ hasText: 'gamma delta alpha' }).first().click();
      await editor().locator('.crumb').filter({ hasText: 'entry' }).waitFor();
      await editor().locator('.crumb').filter({ hasText: 'memory 3' }).waitFor();
    });

    await step('a key is looked up, and each step of its path leads to its bytes', async () => {
      await workbench.command('Stable Memory: Find Key…');
      await workbench.pick('memory 3', 'memory 3 “messages” › BTreeMap');
      await workbench.result('0200000713');
      const { root } = workbench.tree('Found');
      const rows = root.locator('.monaco-list-row');
      await rows.filter({ hasText: /^root 0x/ }).waitFor();
      await root.locator('.pane-header .description').filter({ hasText: 'found' }).waitFor();
      await rows.filter({ hasText: '0200000713 >' }).first().click();
      await editor().locator('.crumb').filter({ hasText: 'key' }).first().waitFor();
      await workbench.shot('lookup');
      await workbench.theme('light');
      await workbench.shot('lookup-light');
      await workbench.theme('dark');
    });

    await step('a range of bytes is selected and copied', async () => {
      const bytes = editor().locator('.hex > span');
      await bytes.nth(20).click();
      await bytes.nth(35).click({ modifiers: ['Shift'] });
      await editor().locator('.bytes-place').filter({ hasText: '16 selected' }).waitFor();
      await page.keyboard.press('Control+C');
      await page.locator('.statusbar-item').filter({ hasText: 'Copied 16 bytes as Hex' }).waitFor();
      await bytes.nth(25).click({ button: 'right' });
      const entry = page.locator('.action-label').filter({ hasText: 'Copy Bytes As…' }).first();
      const formats = page.locator('.quick-input-widget:visible .monaco-list-row').filter({ hasText: 'Motoko Blob' });
      // A menu ignores clicks just after it opened.
      await workbench.until(async () => {
        if (await formats.isVisible()) return true;
        if (await entry.isVisible()) await entry.click({ timeout: 1_000 }).catch(() => undefined);
        return false;
      }, 'the formats are listed');
      await workbench.shot('copy-bytes');
      await page.keyboard.press('Escape');
    });

    await step('the light theme works as well', async () => {
      await workbench.theme('light');
      await workbench.shot('editor-light');
      await workbench.theme('dark');
    });

    await step('the shape of a map is a page of text', async () => {
      await workbench.tree('Elements').menu('memory 3 “messages” · BTreeMap', 'Show Shape');
      const lines = page.locator('.editor-instance .view-line');
      await lines.filter({ hasText: 'Levels, from the root down' }).waitFor();
      await workbench.shot('shape');
    });

    await step('another type is tried on all values, and a failure leads to its byte', async () => {
      await workbench.tree('Elements').menu('memory 3 “messages” · BTreeMap', 'Try Another Type…');
      const input = page.locator('.quick-input-widget:visible input');
      await input.waitFor();
      await workbench.shot('types');
      await page.keyboard.type('record { id : nat64; name : text }');
      await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'the values as this type' }).waitFor();
      await page.keyboard.press('Enter');
      const lines = page.locator('.editor-instance .view-line');
      await lines.filter({ hasText: '2,767 of 2,767 values do not decode' }).waitFor();
      await workbench.shot('tried-type');
    });

    await step('a memory is exported to a file', async () => {
      const items = page.locator('.quick-input-widget:visible .quick-input-list .monaco-list-row');
      await workbench.tree('Memories').menu('memory 3 “messages”', 'Export…');
      await items.filter({ hasText: 'JSON Lines' }).waitFor();
      await workbench.shot('export-formats');
      await items.filter({ hasText: 'JSON Lines' }).click();
      const name = page.locator('.quick-input-widget:visible input');
      await workbench.untilMatch(() => name.inputValue(), /openchat-like-b128-memory-3\.jsonl$/);
      await page.keyboard.press('Enter');
      const message = page.locator('.notification-toast').filter({ hasText: 'was written: 2,767 entries.' });
      await message.waitFor();
      await workbench.shot('exported');
      await message.getByRole('button', { name: 'Open' }).click();
      await page.locator('.tab').filter({ hasText: 'openchat-like-b128-memory-3.jsonl' }).waitFor();
    });

    await step('a hover explains the bytes of an element', async () => {
      await workbench.openFile('memory-buffer-v010-nat.bin.gz');
      await editor().locator('.strip').filter({ hasText: 'Motoko regions 2' }).waitFor();
      await workbench.showViews(CONTAINER);
      const freeLists = await workbench.tree('Free lists').show();
      await freeLists.expand('region 16, region 17 · MemoryBuffer');
      const elements = await workbench.tree('Elements').show();
      await elements.expand('region 16, region 17 · MemoryBuffer', '0 … 199');
      await elements.menu('[1]', 'Show Bytes');
      const hover = await workbench.hover('bf f9');
      if (!hover.includes('165472314')) throw new Error(`The hover does not give the element's value: ${hover}`);
      await workbench.shot('hover');
    });

    await step('faults are counted, and have a remedy', async () => {
      await workbench.openFile('damaged/corrupt-btree-child-cycle.bin');
      await editor().locator('.badge').filter({ hasText: /error/ }).click();
      await editor().locator('.finding .remedy').first().waitFor();
      await workbench.shot('findings');
    });

    await step('a repair is tried on a copy, saved as a new folder, and compared with the snapshot', async () => {
      const toast = (text: string) => page.locator('.notification-toast').filter({ hasText: text });
      await editor().getByRole('button', { name: 'Try a Repair…' }).click();
      await toast('1 repair made on a copy in memory. No error is left.').waitFor();
      const lines = page.locator('.editor-instance .view-line');
      await lines.filter({ hasText: 'Restored the pointer: it leads to' }).waitFor();
      await workbench.shot('repair');
      await toast('1 repair made').getByRole('button', { name: 'Save Repaired Copy…' }).click();
      const name = page.locator('.quick-input-widget:visible input');
      await workbench.untilMatch(() => name.inputValue(), /corrupt-btree-child-cycle-repaired$/);
      await page.keyboard.press('Enter');
      await toast('was written, and checked again.').getByRole('button', { name: 'Compare' }).click();
      await editor().getByText('btree.node-reached-twice').first().waitFor();
      await workbench.shot('repair-compared');
    });

    await step('what can be recovered is listed', async () => {
      await workbench.openFile('damaged/corrupt-btree-child-cycle.bin');
      await workbench.command('Stable Memory: Show What Can Be Recovered…');
      const lines = page.locator('.editor-instance .view-line');
      await lines.filter({ hasText: 'What can be recovered from corrupt-btree-child-cycle' }).waitFor();
      await workbench.shot('recover');
    });
  },
};
