import type { Spec } from './spec.ts';

/** A user opens a structure as a table, finds rows in it, and goes between rows and bytes. */
export const tableSpec: Spec = {
  name: 'table',
  run: async ({ workbench, debugging, step }) => {
    const { page } = workbench;
    const table = () => workbench.pageWith('.table');
    const editor = () => workbench.pageWith('.editor');
    const status = async () => (await table()).locator('.status').innerText();
    const cell = async (text: string) => (await table()).locator('.cell').filter({ hasText: text }).first();
    const selected = async () => (await table()).locator('.row.selected .index').innerText();
    const goTo = async (name: string, text: string) => {
      await (await table()).getByRole('textbox', { name }).fill(text);
      await page.keyboard.press('Enter');
    };

    await step('a structure opens as a table from its row', async () => {
      await workbench.openSnapshot('openchat-like-b128/stable_memory.bin');
      await (await editor()).locator('.strip').filter({ hasText: '13 memories' }).waitFor();
      await workbench.showViews('Stable Memory');
      const memories = await workbench.tree('Memories').show();
      await memories.expand('memory 3 “messages”');
      await memories.menu('BTreeMap', 'Open as Table…');
      await (await table()).locator('h1').filter({ hasText: 'entries of BTreeMap in memory 3 “messages”' }).waitFor();
      await (await cell('alpha')).waitFor();
      await workbench.untilMatch(status, /^[\d,]+ entries\./);
      await workbench.shot('table');
    });

    await step('the keyboard moves through it, and to its end', async () => {
      await (await cell('alpha')).click();
      await page.keyboard.press('Control+End');
      const last = Number((await status()).replaceAll(/\D/g, '')) - 1;
      await workbench.untilMatch(selected, new RegExp(`^${last}$`));
      await page.keyboard.press('Control+Home');
      await workbench.untilMatch(selected, /^0$/);
    });

    await step('a wrong filter is explained, and a right one lists its rows', async () => {
      await page.keyboard.press('Control+F');
      await page.keyboard.type('value contains "gamma" &&');
      await page.keyboard.press('Enter');
      await (await table())
        .getByRole('alert')
        .filter({ hasText: 'The expression ends where a value is expected, at character' })
        .waitFor();
      await workbench.shot('table-problem');
      await (await table()).getByLabel('filter').fill('value contains "gamma" && index > 10');
      await page.keyboard.press('Enter');
      await workbench.untilMatch(status, /^[\d,]+ of [\d,]+ entries match\./);
      await workbench.shot('table-filter');
    });

    await step('a heading sorts what is loaded, and says so', async () => {
      await (await table()).locator('.heading-label').filter({ hasText: 'key' }).first().click();
      await workbench.untilMatch(status, /Sorted by key, ascending: all [\d,]+\./);
      await workbench.shot('table-sorted');
      await (await table()).getByLabel('filter').fill('');
      await page.keyboard.press('Enter');
      await workbench.untilMatch(status, /^[\d,]+ entries\.$/);
    });

    await step('an index and a key are found', async () => {
      await goTo('Index', '200');
      await workbench.untilMatch(selected, /^200$/);
      const key = await (await table()).locator('.row.selected .cell').nth(1).innerText();
      await goTo('Index', '0');
      await workbench.untilMatch(selected, /^0$/);
      await (await table()).getByLabel('What to go to').selectOption('key');
      await goTo('Key', key);
      await workbench.untilMatch(selected, /^200$/);
    });

    await step('a row is copied', async () => {
      await (await table()).locator('.row.selected .cell').nth(1).click();
      await page.keyboard.press('Control+C');
      await page.locator('.statusbar-item').filter({ hasText: 'Copied row 200 as text with tabs' }).waitFor();
    });

    await step('it is drawn in the colours of each theme', async () => {
      for (const theme of ['light', 'high contrast', 'high contrast light', 'dark'] as const) {
        await workbench.theme(theme);
        await page.waitForTimeout(500);
        await workbench.shot(`table-${theme.replaceAll(' ', '-')}`);
      }
    });

    await step('a row leads to its bytes, and an element to its row', async () => {
      await (await table()).locator('.row.selected .cell').nth(1).dblclick();
      await (await editor()).locator('.crumb').filter({ hasText: 'memory 3' }).waitFor();
      await (await editor()).locator('.crumb').filter({ hasText: 'entry' }).waitFor();
      await workbench.shot('table-bytes');
      const elements = await workbench.tree('Elements').show();
      await elements.expand('memory 3 “messages” · BTreeMap', '0 … 199');
      await elements.menu('0200000004', 'Show in Table');
      await workbench.untilMatch(async () => (await table()).locator('.row.selected').innerText(), /0200000004/);
    });

    await step('it is there again after the window is loaded again', async () => {
      const index = await selected();
      await page.waitForTimeout(600);
      await Promise.all([page.waitForEvent('domcontentloaded'), workbench.command('Developer: Reload Window')]);
      await workbench.untilMatch(selected, new RegExp(`^${index}$`));
      await workbench.command('View: Close All Editors');
    });

    await step('it follows the debugger through the steps of a trace', async () => {
      await workbench.openTrace('traces/memory-manager.smtrace');
      await workbench.command('Stable Memory: Step Through This Trace');
      await debugging.stopped();
      await workbench.command('Stable Memory: Go to Step…');
      await workbench.result('#3,000');
      await debugging.untilVariables(/3,000 of 5,043/);
      await workbench.command('Stable Memory: Open as Table…');
      await workbench.pick('', 'BTreeMap in memory 0');
      await workbench.untilMatch(status, /^22 entries\./);
      await workbench.command('Stable Memory: Go to Step…');
      await workbench.result('#2,000');
      // The step is within an operation, which has not counted its entry yet.
      await workbench.untilMatch(status, /^The header counts 17 entries, but 18 can be read\./);
      await (await table()).locator('.row').nth(17).locator('.cell').nth(1).filter({ hasText: /^\d+$/ }).waitFor();
      await workbench.shot('table-step');
      await debugging.stop();
      await workbench.until(
        async () => (await page.locator('.tab').filter({ hasText: 'memory 0 entries' }).count()) === 0,
        'it closes',
      );
    });
  },
};
