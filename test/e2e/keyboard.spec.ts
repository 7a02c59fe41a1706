import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import type { Spec } from './spec.ts';

/** A user without a mouse opens a snapshot, goes through its map, trees, bytes and a table, finds, decodes and exports. */
export const keyboardSpec: Spec = {
  name: 'keyboard',
  // The file that the spec exports, from an earlier run: the dialog would ask whether to replace it.
  prepare: (workspace) => rmSync(join(workspace, 'openchat-like-b128-memory-3.jsonl'), { force: true }),
  run: async ({ workbench, step }) => {
    const { page } = workbench;
    const { keyboard } = page;
    const editor = () => workbench.pageWith('main.editor');
    const table = () => workbench.pageWith('main.table');

    /** Presses keys, one after the other. */
    const press = async (...keys: readonly string[]) => {
      for (const key of keys) await keyboard.press(key);
    };
    /** Waits until something has the focus, in whichever frame, and is named so. */
    const untilFocused = (name: RegExp, milliseconds?: number) =>
      workbench.untilMatch(() => focused(page.mainFrame()), name, milliseconds);
    const quickInput = page.locator('.quick-input-widget:visible');
    const active = quickInput.locator('.monaco-list-row.focused');
    /** Types into the open quick pick, and chooses what it then offers first. */
    const pick = async (text: string, entry: string) => {
      await quickInput.locator('input').first().waitFor();
      await keyboard.type(text);
      await active.filter({ hasText: entry }).waitFor();
      await press('Enter');
    };
    const command = async (title: string) => {
      await press('F1');
      await pick(title, title);
    };
    const crumb = async (text: string) => (await editor()).locator('.crumb').filter({ hasText: text }).first().waitFor();

    await step('a snapshot opens by its name, and its map has the focus', async () => {
      const path = 'openchat-like-b128/stable_memory.bin';
      await workbench.openSnapshot(path, async () => {
        await press('Control+P');
        await pick(path, 'stable_memory.bin');
      });
      await (await editor()).locator('.strip').filter({ hasText: 'cycles a year' }).waitFor();
      await untilFocused(/^Cells of the image/);
      await workbench.shot('keyboard-map');
    });

    await step('arrow keys select a cell, Enter goes into it, and F6 goes from pane to pane', async () => {
      await press('Home', 'ArrowRight');
      await (await editor()).locator('.cell-summary').waitFor();
      await workbench.shot('keyboard-cell');
      await press('Enter');
      await crumb('memory 3');
      await press('F6');
      await untilFocused(/^Inspector/);
      await workbench.shot('keyboard-inspector');
      await press('F6');
      await untilFocused(/^Bytes in hex/);
      await press('F6');
      await untilFocused(/^Cells of the image/);
    });

    await step('a memory and its structure are entered in the tree', async () => {
      // VS Code gives the focus to no view that has no rows yet.
      await workbench.until(async () => {
        await command('Focus on Memories View');
        return untilFocused(/^Memories/, 2_000).then(
          () => true,
          () => false,
        );
      }, 'the tree has the focus');
      await press('Home', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowRight');
      await page.locator('.monaco-list:focus .monaco-list-row[aria-level="2"]').first().waitFor();
      await press('ArrowRight');
      await page.locator('.monaco-list:focus .monaco-list-row.focused[aria-level="2"]').waitFor();
      await press('Enter');
      await crumb('header');
      await workbench.shot('keyboard-tree');
    });

    await step('a text is found, and its first place is selected', async () => {
      await press('Control+1');
      await untilFocused(/^Cells of the image/);
      await press('Control+F');
      await pick('gamma delta alpha', 'Text');
      await untilFocused(/^Found/);
      await press('ArrowDown', 'ArrowDown', 'Enter');
      await crumb('entry');
      await workbench.shot('keyboard-found');
    });

    await step('a key is looked up, and its path ends at the decoded value', async () => {
      await command('Stable Memory: Find Key…');
      await pick('memory 3', 'memory 3 “messages” › BTreeMap');
      await quickInput.filter({ hasText: 'Enter' }).waitFor();
      await keyboard.type('0200000713');
      await press('Enter');
      await untilFocused(/^Found/);
      await page
        .locator('.monaco-list:focus .monaco-list-row.focused')
        .filter({ hasText: /^root 0x/ })
        .waitFor();
      await press('End', 'Enter');
      await crumb('value');
      await (await editor()).locator('.value').filter({ hasText: 'delta alpha #1811' }).waitFor();
      await workbench.shot('keyboard-key');
    });

    await step('a range of bytes is selected and decoded', async () => {
      await press('Control+1');
      await untilFocused(/^Cells of the image/);
      await press('Control+G');
      await keyboard.type('0x18a62');
      await press('Enter');
      await untilFocused(/^Bytes in hex/);
      for (let bytes = 1; bytes < 10; bytes++) await press('Shift+ArrowRight');
      await (await editor()).locator('.decodings').filter({ hasText: 'ζ ζ #140' }).waitFor();
      await press('Shift+F6', 'End');
      await untilFocused(/^Inspector/);
      await workbench.shot('keyboard-decoded');
    });

    await step('a table opens with the focus in its rows, and a row leads to its bytes', async () => {
      await command('Stable Memory: Open as Table…');
      await pick('memory 3', 'memory 3 “messages”');
      await untilFocused(/^Elements/);
      await press('ArrowDown', 'ArrowRight');
      await (await table()).locator('.row.selected .cell.active').filter({ hasText: /^\d+$/ }).waitFor();
      await workbench.shot('keyboard-table');
      await press('Enter');
      await crumb('entry 1');
      await untilFocused(/^Bytes in hex/);
      await workbench.shot('keyboard-row');
    });

    await step('entries are exported', async () => {
      await command('Stable Memory: Export…');
      await pick('memory 3', 'memory 3');
      await pick('JSON Lines', 'JSON Lines');
      await workbench.untilMatch(() => quickInput.locator('input').first().inputValue(), /openchat-like-b128-memory-3\.jsonl$/);
      await workbench.shot('keyboard-export');
      await press('Enter');
      await page.locator('.notification-toast').filter({ hasText: 'was written: 2,767 entries.' }).waitFor();
      await workbench.shot('keyboard-exported');
    });
  },
};

/** Returns the name of what has the focus in a frame, or in the frames in it; nothing if it is the page as a whole. */
async function focused(frame: Frame): Promise<string> {
  const element = (await frame.evaluateHandle(() => document.activeElement)).asElement();
  const inner = await element?.contentFrame();
  if (inner) return focused(inner);
  return frame.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
}
