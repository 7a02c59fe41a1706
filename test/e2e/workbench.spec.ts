import type { Spec } from './spec.ts';

export const workbenchSpec: Spec = {
  name: 'workbench',
  run: async ({ workbench, step }) => {
    await step('shows the sample workspace', async () => {
      // The views exist once VS Code knows the extension. Before that, a file would open as text.
      await workbench.waitForViews('Stable Memory');
      await workbench.openFile('.vscode/launch.json');
      await workbench.shot('workbench');
    });
  },
};
