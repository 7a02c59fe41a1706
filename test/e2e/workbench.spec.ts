import type { Spec } from './spec.ts';

export const workbenchSpec: Spec = {
  name: 'workbench',
  run: async ({ workbench, step }) => {
    await step('shows the sample workspace', async () => {
      // Its views are there once VS Code knows the extension: before, a file would open as text.
      await workbench.waitForViews('Stable Memory');
      await workbench.openFile('.vscode/launch.json');
      await workbench.shot('workbench');
    });
  },
};
