import { join } from 'node:path';
import { cache } from '../../tools/project.ts';
import { prepareNotes } from './notes.ts';
import type { Spec } from './spec.ts';

/** A user records what a Motoko canister does, and finds out why a call trapped and what it had written. */
export const recordSpec: Spec = {
  name: 'record',
  run: async ({ workbench, debugging, step }) => {
    const { page } = workbench;
    const lens = (text: string) => page.locator('.codelens-decoration a, .codelens-decoration span').filter({ hasText: text });
    const toast = () => page.locator('.notifications-toasts .notification-list-item');

    await step('a script of calls is a language', async () => {
      await prepareNotes(join(cache, 'test', 'workspace'));
      await workbench.command('View: Show Explorer');
      await page.locator('.pane-header a[aria-label="Refresh Explorer"]').first().click({ force: true });
      await workbench.openFile('notes/notes.calls.jsonl');
      await lens('Record…').first().waitFor();
      await page.locator('#status\\.editor\\.mode').filter({ hasText: 'Stable Memory Calls' }).waitFor();
    });

    await step('the command offers what dfx built, and the scripts', async () => {
      await workbench.command('Stable Memory: Record a Trace…');
      const rows = page.locator('.quick-input-widget:visible .quick-input-list .monaco-list-row');
      await rows.filter({ hasText: '.dfx/local/canisters/notes/notes.wasm' }).waitFor();
      await workbench.shot('record-modules');
      await workbench.pick('', '.dfx/local/canisters/notes/notes.wasm');
      await rows.filter({ hasText: 'New Script for notes' }).waitFor();
      await workbench.shot('record-scripts');
      await workbench.pick('', 'notes.calls.jsonl');
    });

    await step('the recording says which calls trapped, above their lines, too', async () => {
      await toast().filter({ hasText: '2 calls trapped, first addAndTrap in line 5' }).waitFor();
      await lens('trapped: assertion failed at notes.mo:43.5-43.17').first().waitFor();
      await lens('replied (0 : nat64)').first().waitFor();
      await workbench.shot('recorded');
      await workbench.theme('light');
      await workbench.shot('recorded-light');
      await workbench.theme('dark');
    });

    await step('“Step Through” starts the debugger', async () => {
      await toast().getByRole('button', { name: 'Step Through' }).click();
      await debugging.stopped();
      await debugging.untilVariables(/step[^|]*0 of/);
      await debugging.stop();
    });

    await step('“Step to It” leads to the trap, and a step back to the write that it undid', async () => {
      await workbench.command('View: Focus First Editor Group');
      await lens('Step to It').first().click();
      await debugging.stopped();
      await workbench.untilMatch(() => debugging.callStack(), /trap: the message is undone/);
      await debugging.untilVariables(/step[^|]*48 of 100/);
      await workbench.shot('trap');
      await debugging.press('step back');
      await workbench.untilMatch(() => debugging.callStack(), /write.* addAndTrap/);
      // “never”, of the note that is never to be seen.
      await debugging.untilVariables(/bytes = 6e65766572/);
      await workbench.shot('before-trap');
      await workbench.theme('light');
      await workbench.shot('before-trap-light');
      await workbench.theme('dark');
      await debugging.stop();
    });

    await step('an upgrade is rehearsed on a snapshot', async () => {
      await workbench.openSnapshot('notes/snapshot/stable_memory.bin');
      await workbench.command('Stable Memory: Rehearse an Upgrade…');
      await workbench.pick('', '.dfx/local/canisters/notes/notes.wasm');
      await page.locator('.quick-input-widget:visible .quick-input-title').filter({ hasText: 'post_upgrade' }).waitFor();
      await page.keyboard.press('Enter');
      await toast().filter({ hasText: 'The upgrade succeeds. Stable memory: 273 pages.' }).waitFor();
      await workbench.shot('rehearsed');
      await toast().getByRole('button', { name: 'Show Report' }).first().click();
      await page.locator('.view-lines').filter({ hasText: 'post_upgrade' }).first().waitFor();
      await workbench.shot('rehearsal-report');
    });

    await step('a new script has a call of each method', async () => {
      await workbench.command('Stable Memory: Record a Trace…');
      await workbench.pick('', '.dfx/local/canisters/notes/notes.wasm');
      await workbench.pick('', 'New Script for notes');
      await page.locator('.tabs-container .tab.active').filter({ hasText: 'notes-2.calls.jsonl' }).waitFor();
      await lens('Record with notes').first().waitFor();
      await workbench.shot('new-script');
    });
  },
};
