import type { Spec } from './spec.ts';
import { timelineOf } from './timeline-panel.ts';

/** A user sees a trace as a picture over time, and goes to a step in it. */
export const timelineSpec: Spec = {
  name: 'timeline',
  run: async ({ workbench, debugging, step }) => {
    const { page } = workbench;
    const { timeline, moment, clickAt } = timelineOf(workbench);

    await step('the timeline of an open trace is below its text', async () => {
      await workbench.openTrace('traces/memory-region.smtrace');
      await workbench.command('Stable Memory: Show Timeline');
      await workbench.untilMatch(moment, /Step 10,000 of 10,000/);
      await timeline().locator('.kinds .chip').first().waitFor();
      await timeline().locator('.runs').waitFor();
      await workbench.shot('timeline');
    });

    await step('a click in the picture starts the debugger at that step', async () => {
      await clickAt(0.9849);
      await debugging.stopped();
      const shown = /Step ([\d,]+) of/.exec(await workbench.untilMatch(moment, /Step 9,8\d\d of 10,000/))?.[1] ?? '';
      await debugging.untilVariables(new RegExp(`${shown} of 10,000`));
    });

    await step('it follows the debugger, and the debugger follows it', async () => {
      await clickAt(0.5);
      const shown = /Step ([\d,]+) of/.exec(await workbench.untilMatch(moment, /Step (4,9\d\d|5,0\d\d) of 10,000/))?.[1] ?? '';
      const stepNumber = Number(shown.replaceAll(',', ''));
      await debugging.untilVariables(new RegExp(`${shown} of 10,000`));
      await debugging.press('step over');
      await workbench.untilMatch(moment, new RegExp(`Step ${(stepNumber + 1).toLocaleString('en')} of`));
      await timeline().locator('.blocks .quiet').filter({ hasText: 'live block' }).waitFor();
      await workbench.shot('timeline-debugging');
    });

    await step('it is drawn in the colours of each theme', async () => {
      for (const theme of ['light', 'high contrast', 'high contrast light', 'dark'] as const) {
        await workbench.theme(theme);
        await page.waitForTimeout(500);
        await workbench.shot(`timeline-${theme.replaceAll(' ', '-')}`);
      }
    });

    await step('the wheel zooms in, and Escape shows everything', async () => {
      const picture = timeline().locator('#timeline-picture');
      const { width = 0, height = 0, x = 0, y = 0 } = (await picture.boundingBox()) ?? {};
      await page.mouse.move(x + width / 2, y + height / 2);
      for (let count = 0; count < 5; count++) await page.mouse.wheel(0, -300);
      await timeline().getByRole('scrollbar', { name: 'Visible steps' }).waitFor();
      await timeline()
        .locator('.tip')
        .filter({ hasText: /[a-z]{4}/ })
        .waitFor();
      await workbench.shot('timeline-zoomed');
      await picture.focus();
      await page.keyboard.press('Escape');
      await timeline().getByRole('scrollbar', { name: 'Visible steps' }).waitFor({ state: 'detached' });
    });

    await step('a fault leads to its step, why it happened, and the policies without it', async () => {
      await debugging.stop();
      await workbench.command('View: Close All Editors');
      await workbench.openTrace('traces/overlapping-blocks.smtrace');
      await workbench.command('Stable Memory: Show Timeline');
      await timeline().getByRole('button', { name: 'Go to the fault before' }).click();
      await debugging.stopped();
      await workbench.untilMatch(moment, /Step [\d,]+ of 10,000\s.*live/);
      await timeline().locator('.reasons .wrong').first().waitFor();
      await timeline().getByRole('button', { name: 'Compare the policies' }).click();
      await timeline().locator('.runs .good').first().waitFor();
      await workbench.shot('timeline-fault');
    });

    await step('the flame graph has the bytes alive at the high-water mark', async () => {
      await timeline().getByRole('tab', { name: 'Flame graph' }).click();
      await timeline().getByRole('treeitem').first().waitFor();
      await workbench.shot('timeline-flame');
      await timeline().getByRole('tab', { name: 'Addresses over time' }).click();
    });

    await step('it outlives the debugger, and a reload of the window', async () => {
      await debugging.stop();
      const before = await moment();
      await Promise.all([page.waitForEvent('domcontentloaded'), workbench.command('Developer: Reload Window')]);
      await workbench.untilMatch(moment, new RegExp(before.split('\n')[0] ?? 'Step'));
      await workbench.command('View: Close All Editors');
    });
  },
};
