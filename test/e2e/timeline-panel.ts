import type { FrameLocator } from 'playwright-core';
import type { Workbench } from './workbench.ts';

/** The view of a timeline as a user sees it. */
export interface TimelinePanel {
  readonly timeline: () => FrameLocator;
  /** Returns the line about the present step. */
  readonly moment: () => Promise<string>;
  /** Clicks at a share of the picture's width. */
  readonly clickAt: (share: number) => Promise<void>;
}

export function timelineOf(workbench: Workbench): TimelinePanel {
  const timeline = () => workbench.webview();
  return {
    timeline,
    moment: () => timeline().locator('.moment').innerText(),
    clickAt: async (share) => {
      const picture = timeline().locator('#timeline-picture');
      const { width = 0, height = 0 } = (await picture.boundingBox()) ?? {};
      await picture.click({ position: { x: width * share, y: height / 3 } });
    },
  };
}
