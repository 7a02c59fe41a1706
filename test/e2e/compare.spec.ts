import type { Spec } from './spec.ts';

/** A user compares two snapshots, and goes through their differences. */
export const compareSpec: Spec = {
  name: 'compare',
  run: async ({ workbench, step }) => {
    const { page } = workbench;
    const view = () => workbench.pageWith('.compare');
    const selected = async () => (await view()).locator('.entry.selected').innerText();

    await step('two snapshots of the workspace are chosen, and compared', async () => {
      await workbench.command('Stable Memory: Compare Snapshots…');
      await workbench.pick('monday', 'two-days/monday/stable_memory.bin');
      await workbench.pick('tuesday', 'two-days/tuesday/stable_memory.bin');
      await (await view()).locator('.sentences b').filter({ hasText: '22 entries added, 6 entries removed' }).waitFor();
      await (await view()).getByRole('radio', { name: 'memory 0: changed' }).waitFor();
      await workbench.untilMatch(selected, /new 0/);
    });

    await step('an entry is shown before and after, with its bytes', async () => {
      await (await view()).getByRole('radio', { name: 'changed 7' }).click();
      await workbench.untilMatch(selected, /message 456/);
      await (await view()).locator('.hex ins').first().waitFor();
      await page.mouse.move(5, 890);
      await workbench.shot('compare');
    });

    await step('keys go from difference to difference, over the structures', async () => {
      await page.keyboard.press('F7');
      await workbench.untilMatch(selected, /message/);
      await (await view()).getByRole('radio', { name: 'memory 5: changed' }).click();
      await workbench.untilMatch(selected, /version/);
      await page.keyboard.press('Shift+F7');
      await workbench.untilMatch(selected, /late event 3/);
    });

    await step('it is there again after the window is loaded again', async () => {
      await page.waitForTimeout(400);
      await Promise.all([page.waitForEvent('domcontentloaded'), workbench.command('Developer: Reload Window')]);
      await workbench.untilMatch(selected, /late event 3/);
    });

    await step('it is drawn in the colours of each theme', async () => {
      await (await view()).getByRole('radio', { name: 'memory 0: changed' }).click();
      for (const theme of ['light', 'high contrast', 'high contrast light', 'dark'] as const) {
        await workbench.theme(theme);
        await page.waitForTimeout(300);
        await workbench.shot(`compare-${theme.replaceAll(' ', '-')}`);
      }
    });
  },
};
