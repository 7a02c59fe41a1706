import type { Trace } from '../../trace/trace.ts';
import { bucketSizeRuns } from './bucket-sizes.ts';
import type { TimelineCalls } from './calls.ts';
import { policyRuns } from './policies.ts';
import { whyHere } from './why.ts';

type Params<Name extends keyof TimelineCalls> = Omit<TimelineCalls[Name]['params'], 'path'>;
type Result<Name extends keyof TimelineCalls> = TimelineCalls[Name]['result'];

/** Answers the timeline view's calls about one trace. What several calls need is computed once, when the first one needs it. */
export class TimelineView {
  readonly #trace: Trace;

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  why({ space, step }: Params<'timeline/why'>): Result<'timeline/why'> {
    return whyHere(this.#trace, space, step);
  }

  policies({ space, policies, columns }: Params<'timeline/policies'>): Result<'timeline/policies'> {
    return policyRuns(this.#trace, space, policies, columns);
  }

  bucketSizes({ bucketPages, columns }: Params<'timeline/bucket-sizes'>): Result<'timeline/bucket-sizes'> {
    return bucketSizeRuns(this.#trace, bucketPages, columns);
  }
}
