import type { Spec } from './spec.ts';

export const workbenchSpec: Spec = {
  name: 'workbench',
  run: async ({ workbench, step }) => {
    await step('shows the sample workspace', async () => {
      await workbench.openFile('.vscode/launch.json');
      await workbench.shot('workbench');
    });
  },
};
