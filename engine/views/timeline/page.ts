/** Messages between the timeline's page and the extension host, in addition to the calls in `calls.ts`. */
import type { TimelineCalls, TimelineSummary } from './calls.ts';

/** Calls that the page may make; each is about the trace that it shows. */
export const TIMELINE_PAGE_CALLS = [
  'timeline/addresses',
  'timeline/series',
  'timeline/blocks',
  'timeline/story',
  'timeline/why',
  'timeline/policies',
  'timeline/bucket-sizes',
  'timeline/flame',
] as const satisfies readonly (keyof TimelineCalls)[];

export type TimelinePageCall = (typeof TIMELINE_PAGE_CALLS)[number];

/** A message that the host sends to the page without a call. */
export type TimelineNotification =
  /** Shows a trace. `step` is the one that its debug session is at; undefined if none runs. */
  | {
      readonly notification: 'timeline';
      readonly version: number;
      readonly path: string;
      readonly summary: TimelineSummary;
      readonly step: number | undefined;
    }
  /** The debug session of the trace is at another step. Undefined: it has ended. */
  | { readonly notification: 'moved'; readonly step: number | undefined }
  /** The trace cannot be shown: a full sentence. */
  | { readonly notification: 'problem'; readonly text: string };

/** A message that the page sends to the host without a call. */
export type TimelineHostNotification =
  | { readonly notification: 'ready'; readonly version: number }
  /** The user chose this step: the debugger goes there. */
  | { readonly notification: 'go'; readonly step: number };
