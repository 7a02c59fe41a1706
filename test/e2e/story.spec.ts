import type { Spec } from './spec.ts';

/** A user finds out why two live blocks of a release overlap: from the fault to the first owner, the reason, and a policy without it. */
export const storySpec: Spec = {
  name: 'story',
  run: async ({ workbench, debugging, step }) => {
    const { page } = workbench;
    const timeline = () => workbench.webview();
    const exception = () => page.locator('.exception-widget');
    const consoleInput = page.locator('.repl-input-wrapper .monaco-editor');
    /** Asks a question in the debug console, and waits for an answer that matches. */
    const ask = async (question: string, answer: RegExp) => {
      await consoleInput.click();
      await page.keyboard.type(question);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Enter');
      await workbench.untilMatch(() => page.locator('.repl-tree').innerText(), answer);
    };

    await step('a trace is stepped through from its title bar', async () => {
      await workbench.openTrace('traces/overlapping-blocks.smtrace');
      await workbench.editorAction('Step Through This Trace');
      await debugging.stopped();
      await debugging.untilVariables(/step[^|]*0 of 10,000/);
    });

    await step('it continues to the step where two live blocks overlap, and says so', async () => {
      await debugging.press('continue');
      await debugging.untilVariables(/step[^|]*9,849 of 10,000/);
      await workbench.untilMatch(() => exception().innerText(), /Two live blocks overlap[\s\S]*live since step 9,848/);
      await workbench.untilMatch(
        () => page.locator('.call-stack-state-message > .label.exception').first().innerText(),
        /two live blocks overlap/i,
      );
      await workbench.untilMatch(() => debugging.currentLine(), /#9849\b/);
      await workbench.shot('story-fault');
    });

    await step('the timeline says why: the stale index', async () => {
      await workbench.command('Stable Memory: Show Timeline');
      await workbench.untilMatch(
        () => timeline().locator('.moment').innerText(),
        /Step 9,849 of 10,000\s.*live since step 9,848/,
      );
      await workbench.untilMatch(() => timeline().locator('#section-why').innerText(), /index/);
      await timeline().locator('.reasons .wrong').first().waitFor();
      await workbench.shot('debugger');
    });

    await step('the same requests under other policies: the newer one has no overlap', async () => {
      await timeline().getByRole('button', { name: 'Compare the policies' }).click();
      const run = timeline().locator('.runs tbody').filter({ hasText: 'augmented-btrees@0.8.0' });
      await run.locator('.good').filter({ hasText: 'no overlap' }).waitFor();
      await workbench.shot('story-policies');
    });

    await step('the console names both owners, and leads to the first', async () => {
      await workbench.command('Debug Console: Focus on Debug Console View');
      await ask('who region 16:0x37d0', /over the block 0x37b0 \+64, from step 9,848/);
      await workbench.shot('story-who');
      await ask('goto 9848', /9848|9,848/);
      await debugging.untilVariables(/step[^|]*9,848 of 10,000/);
      await exception().waitFor({ state: 'detached' });
      await workbench.untilMatch(
        () => page.locator('.call-stack-state-message > .label:not(.exception)').innerText(),
        /^Paused$/,
      );
      await workbench.untilMatch(() => timeline().locator('.moment').innerText(), /Step 9,848 of 10,000/);
      await workbench.shot('story-first-owner');
    });

    await step('back in time is the fault again, as it was', async () => {
      await workbench.command('Stable Memory: Go Back in Time');
      await debugging.untilVariables(/step[^|]*9,849 of 10,000/);
      await workbench.untilMatch(() => exception().innerText(), /Two live blocks overlap[\s\S]*live since step 9,848/);
      await page.locator('.call-stack-state-message > .label.exception').waitFor();
    });

    await step('the last write of its bytes is the allocation of the first owner', async () => {
      await workbench.command('View: Focus First Editor Group');
      await workbench.command('Stable Memory: Go to Last Write');
      await debugging.untilVariables(/step[^|]*9,848 of 10,000/);
      await workbench.shot('story-last-write');
      await debugging.stop();
    });
  },
};
