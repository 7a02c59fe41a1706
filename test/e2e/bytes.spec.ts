import type { Spec } from './spec.ts';

/** A user reads bytes as in a hex editor: fields, addresses of a memory, pointers, the way back, bookmarks, the data inspector. */
export const bytesSpec: Spec = {
  name: 'bytes',
  run: async ({ workbench, step }) => {
    const editor = () => workbench.webview();
    const { page } = workbench;
    const place = () => editor().locator('.bytes-place').innerText();
    const goTo = async (address: string) => {
      await editor().locator('.go-to input').fill(address);
      await editor().locator('.go-to input').press('Enter');
    };
    const status = page.locator('#stableMemory\\.selection, .statusbar-item[id*="stableMemory.selection"]');

    await step('the fields of a node have names and values', async () => {
      await workbench.openSnapshot('openchat-like-b128/stable_memory.bin');
      await editor().locator('.strip').filter({ hasText: 'cycles a year' }).waitFor();
      await goTo('0x1000c');
      await editor().locator('.note').filter({ hasText: 'root = 0x2c764' }).waitFor();
      await editor().locator('.data').filter({ hasText: 'Points to' }).waitFor();
      await workbench.shot('bytes-fields');
    });

    await step('a pointer is followed, and the way leads back', async () => {
      await editor().locator('#bytes-grid').focus();
      await page.keyboard.press('Control+Enter');
      await editor().locator('.crumb').filter({ hasText: 'node 0x2c764' }).waitFor();
      await page.keyboard.press('Backspace');
      await workbench.untilMatch(place, /^0x1000c /);
      await page.keyboard.press('Shift+Backspace');
      await workbench.untilMatch(place, /^0x3c764 /);
    });

    await step('the bytes of a memory have its own addresses', async () => {
      await editor().getByLabel('Addresses of the bytes').selectOption('space');
      await workbench.untilMatch(place, /^0x2c764 /);
      await goTo('0x8a58');
      await workbench.untilMatch(place, /^0x8a58 /);
      await editor().locator('.note').filter({ hasText: '.c.text = "ζ ζ #140"' }).waitFor();
      await status.filter({ hasText: '0x18a58 · memory 3 “messages” 0x8a58' }).waitFor();
      await workbench.shot('bytes-memory');
    });

    await step('a range is decoded with every codec', async () => {
      await editor().locator('.hex > span[data-offset="100962"]').click();
      await editor().locator('#bytes-grid').focus();
      for (let bytes = 1; bytes < 10; bytes++) await page.keyboard.press('Shift+ArrowRight');
      await editor().locator('.decodings').filter({ hasText: 'ζ ζ #140' }).waitFor();
    });

    await step('a bookmark is kept, and leads back', async () => {
      await goTo('0x8a58');
      await workbench.untilMatch(place, /^0x8a58 · 44 /);
      await editor().locator('#bytes-grid').focus();
      await page.keyboard.press('b');
      await editor()
        .getByRole('img', { name: /^Bookmark value 6 in memory 3/ })
        .waitFor();
      await goTo('0x100');
      await workbench.untilMatch(place, /^0x100 /);
      await workbench.command('Stable Memory: Go to Bookmark…');
      await workbench.shot('bookmarks');
      await workbench.pick('', 'value 6');
      await workbench.untilMatch(place, /^0x8a58 /);
      await page.reload();
      await editor().locator('.strip').filter({ hasText: 'cycles a year' }).waitFor();
      await workbench.command('Stable Memory: Go to Bookmark…');
      await workbench.pick('', 'value 6');
      await editor()
        .getByRole('img', { name: /^Bookmark value 6 in memory 3/ })
        .waitFor();
    });

    await step('the bytes are as clear in every theme', async () => {
      for (const theme of ['light', 'high contrast', 'high contrast light'] as const) {
        await workbench.theme(theme);
        await editor().locator('.note').filter({ hasText: '.c.text' }).waitFor();
        await workbench.shot(`bytes-${theme.replaceAll(' ', '-')}`);
      }
      await workbench.theme('dark');
    });
  },
};
