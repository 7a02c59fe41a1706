import { join } from 'node:path';
import { writeLongTrace } from './long-trace.ts';
import type { Spec } from './spec.ts';
import { timelineOf } from './timeline-panel.ts';

const STEPS = 10_000_000;

/** A trace of ten million steps. It takes minutes, so this one is run only by its name: `--spec=ten-million`. */
export const tenMillionSpec: Spec = {
  name: 'ten-million',
  onlyByName: true,
  prepare: (workspace) => writeLongTrace(join(workspace, 'traces', 'ten-million.smtrace'), STEPS),
  run: async ({ workbench, debugging, step }) => {
    const { page } = workbench;
    const { timeline, moment, clickAt } = timelineOf(workbench);

    await step('its text is open', async () => {
      await workbench.openTrace('traces/ten-million.smtrace');
      await workbench.shot('ten-million-text');
    });

    await step('its timeline is complete', async () => {
      await workbench.command('Stable Memory: Show Timeline');
      await workbench.untilMatch(moment, /of 10,000,000/, 120_000);
      await timeline().locator('.kinds .chip').first().waitFor({ timeout: 120_000 });
      await workbench.shot('ten-million-first');
    });

    await step('a click in the middle goes there', async () => {
      await clickAt(0.5);
      await workbench.untilMatch(moment, /Step (4,9|5,0)\d\d,\d\d\d of/, 300_000);
      await debugging.untilVariables(/of 10,000,000/);
      await workbench.shot('ten-million-middle');
    });

    await step('a click near the end goes there', async () => {
      await clickAt(0.95);
      await workbench.untilMatch(moment, /Step 9,[45]\d\d,\d\d\d of/, 300_000);
      await timeline().locator('.blocks .quiet').filter({ hasText: 'live block' }).waitFor({ timeout: 120_000 });
    });

    for (const theme of ['light', 'high contrast', 'dark'] as const) {
      await step(`it is drawn in the colours of the ${theme} theme`, async () => {
        await workbench.theme(theme);
        await page.waitForTimeout(1000);
        await workbench.shot(`ten-million-${theme.replaceAll(' ', '-')}`);
      });
    }
  },
};
