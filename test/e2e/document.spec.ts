import type { Spec } from './spec.ts';

/** A user reads a trace: goes to a step, finds a text, and sees what is wrong. */
export const documentSpec: Spec = {
  name: 'document',
  run: async ({ workbench, step }) => {
    const text = () => workbench.page.locator('.editor-group-container.active .view-lines').innerText();

    await step('a step is reached by its number', async () => {
      await workbench.openTrace('traces/memory-region.smtrace');
      await workbench.untilMatch(text, /allocate/);
      await workbench.command('Stable Memory: Go to Step…');
      await workbench.result('#5,000');
      await workbench.untilMatch(text, /#5000\b/);
      await workbench.untilMatch(text, /live/);
      await workbench.shot('document-step');
    });

    await step('a text is found in the whole trace', async () => {
      await workbench.command('Stable Memory: Find in Trace…');
      await workbench.result('merged with 0x6');
      await workbench.untilMatch(
        () => workbench.page.locator('.quick-input-widget:visible .quick-input-list').innerText(),
        /merged with 0x6/,
      );
      await workbench.shot('document-find');
      await workbench.page.keyboard.press('Enter');
      await workbench.untilMatch(text, /#81\b/);
    });

    await step('the faults are listed, and the spaces are outlined', async () => {
      await workbench.openTrace('traces/buckets-out-of-order.smtrace');
      await workbench.untilMatch(
        () => workbench.page.locator('.codelens-decoration').first().innerText(),
        /Step.to.Here[\s\S]*1.step,.0.pages.touched,.replied/,
      );
      await (await workbench.tree('Outline').show()).row('memory 8');
      await workbench.page.keyboard.press('Control+Shift+M');
      await workbench.untilMatch(() => workbench.page.locator('.markers-panel').innerText(), /reused.a.freed.bucket/);
      await workbench.shot('document-faults');
      await workbench.page.keyboard.press('Control+J');
    });
  },
};
