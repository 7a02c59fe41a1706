import type { TimelineCalls } from '../../engine/views/timeline/calls.ts';
import { TimelineView } from '../../engine/views/timeline/timeline-view.ts';
import type { OpenTrace } from '../../servers/open-files/traces.ts';

type TimelineHandlers = {
  readonly [Name in keyof TimelineCalls]: (params: TimelineCalls[Name]['params']) => Promise<TimelineCalls[Name]['result']>;
};

/** Returns the handlers of the timeline view's calls. `open` opens a trace, or takes it where it is open already. */
export function timelineHandlers(open: (path: string) => Promise<OpenTrace>): TimelineHandlers {
  const views = new WeakMap<OpenTrace, TimelineView>();
  const view = async (path: string): Promise<TimelineView> => {
    const opened = await open(path);
    const known = views.get(opened);
    if (known !== undefined) return known;
    const made = new TimelineView(opened.history);
    views.set(opened, made);
    return made;
  };
  return {
    'timeline/open': async ({ path }) => (await view(path)).summary(),
    'timeline/addresses': async ({ path, ...params }) => (await view(path)).addresses(params),
    'timeline/series': async ({ path, ...params }) => (await view(path)).series(params),
    'timeline/blocks': async ({ path, ...params }) => (await view(path)).blocks(params),
    'timeline/story': async ({ path, ...params }) => (await view(path)).story(params),
    'timeline/why': async ({ path, ...params }) => (await view(path)).why(params),
    'timeline/policies': async ({ path, ...params }) => (await view(path)).policies(params),
    'timeline/bucket-sizes': async ({ path, ...params }) => (await view(path)).bucketSizes(params),
    'timeline/flame': async ({ path, ...params }) => (await view(path)).flame(params),
  };
}
