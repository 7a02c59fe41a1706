import type { Spec } from './spec.ts';
import { Walkthrough } from './walkthrough.ts';

export const workbenchSpec: Spec = {
  name: 'workbench',
  // As `npm start` sets it.
  settings: { 'workbench.startupEditor': 'readme' },
  run: async ({ workbench, step }) => {
    const { page } = workbench;

    await step('shows the README of the samples, whose links open them', async () => {
      // The views exist once VS Code knows the extension. Before that, a file would open as text.
      await workbench.waitForViews('Stable Memory');
      const readme = await workbench.pageWith('a[href*="openchat-like-b128"]');
      await workbench.shot('workbench');
      await readme.locator('a[href*="openchat-like-b128"]').click();
      await workbench.webview().locator('.strip').first().waitFor();
    });

    const walkthrough = new Walkthrough(workbench);

    await step('has a walkthrough, with nothing cut off', async () => {
      await walkthrough.open();
      for (const title of await walkthrough.titles()) {
        await walkthrough.expand(title);
        const cutOff = await walkthrough.cutOff();
        if (cutOff.length > 0) throw new Error(`“${title}” is not shown whole: ${cutOff.join(', ')}`);
      }
      await workbench.shot('walkthrough');
    });

    await step('has buttons in it that do what they say', async () => {
      await walkthrough.press('Open a snapshot', 'Open the Sample');
      await workbench.webview().locator('.strip', { hasText: 'sample' }).first().waitFor();
      await walkthrough.press('Ask a byte who owns it', 'Show Memories');
      await (await workbench.tree('Memories').show()).row('memory 0');
      await walkthrough.press('Find faults and waste', 'Show Findings');
      await workbench.untilMatch(async () => (await workbench.notifications()).join(), /The check of sample found nothing wrong/);
      const asked: readonly (readonly [title: string, button: string, question: RegExp])[] = [
        ['Open a snapshot', 'Open Snapshot…', /Open a snapshot of stable memory/],
        ['Record a trace of your canister', 'Record a Trace…', /module/],
        ['Step forwards and backwards', 'New Trace…', /Trace/],
      ];
      for (const [title, button, question] of asked) {
        await walkthrough.press(title, button);
        await page.locator('.quick-input-widget:visible').filter({ hasText: question }).waitFor();
        await page.keyboard.press('Escape');
      }
    });
  },
};
