import type { Spec } from './spec.ts';

/** A user steps through a recorded trace, in both directions. */
export const traceSpec: Spec = {
  name: 'trace',
  run: async ({ workbench, debugging, step }) => {
    await step('a trace opens as text', async () => {
      await workbench.openTrace('traces/memory-region.smtrace');
      await workbench.untilMatch(
        () => workbench.page.locator('.editor-group-container.active .view-lines').innerText(),
        /allocate/,
      );
      await workbench.shot('trace-text');
    });

    await step('a hover over an address shows what allocated it', async () => {
      const hover = await workbench.hover('0x45');
      if (!/step/.test(hover)) throw new Error(`The hover has no step: ${hover}`);
      await workbench.shot('hover-address');
    });

    await step('the debugger starts, and steps forward and back', async () => {
      await debugging.start('MemoryRegion');
      await debugging.press('step over');
      await debugging.untilVariables(/step[^|]*1 of 10,000/);
      await debugging.press('step over');
      await debugging.untilVariables(/step[^|]*2 of 10,000/);
      await debugging.press('step back');
      await debugging.untilVariables(/step[^|]*1 of 10,000/);
    });

    await step('a breakpoint is hit in both directions', async () => {
      await debugging.toggleBreakpoint(60);
      await debugging.press('continue');
      await debugging.untilVariables(/57 of 10,000/);
      await debugging.press('step over');
      await debugging.untilVariables(/58 of 10,000/);
      await debugging.press('step over');
      await debugging.untilVariables(/59 of 10,000/);
      await debugging.press('reverse');
      await debugging.untilVariables(/57 of 10,000/);
      await workbench.untilMatch(() => debugging.callStack(), /#57/);
      await debugging.expandVariable('Allocator');
      await workbench.shot('trace-reverse');
    });

    await step('the trees follow the step', async () => {
      await workbench.showViews('Stable Memory');
      await (await workbench.tree('Free lists').show()).row('region 16');
      await (await workbench.tree('Elements').show()).expand('region 16');
      await workbench.shot('step');
    });

    await step('the end of the trace is not the end of the session', async () => {
      await workbench.showViews('Run and Debug');
      await debugging.toggleBreakpoint(60);
      await debugging.press('continue');
      await debugging.untilVariables(/10,000 of 10,000/);
      await debugging.press('step back');
      await debugging.untilVariables(/9,999 of 10,000/);
      await debugging.stop();
    });

    await step('a trace of a MemoryManager shows its memory at every step', async () => {
      await debugging.start('MemoryManager');
      for (let count = 0; count < 12; count++) await debugging.press('step over');
      await debugging.untilVariables(/step[^|]*12 of/);
      await workbench.showViews('Stable Memory');
      await (await workbench.tree('Memories').show()).row('memory 0');
      await workbench.shot('step-memory');
    });
  },
};
