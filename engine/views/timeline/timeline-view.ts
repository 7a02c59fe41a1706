import type { Sliced } from '../../core/sliced.ts';
import { History } from '../../trace/history.ts';
import { FreeLists } from '../../trace/state/free-list.ts';
import type { Trace } from '../../trace/trace.ts';
import { bucketSizeRuns } from './bucket-sizes.ts';
import type { TimelineCalls } from './calls.ts';
import { policyRuns } from './policies.ts';
import { whyHere } from './why.ts';

type Params<Name extends keyof TimelineCalls> = Omit<TimelineCalls[Name]['params'], 'path'>;
type Result<Name extends keyof TimelineCalls> = TimelineCalls[Name]['result'];

/** The timeline view of one trace, which answers its calls. What several calls need is computed once, when the first one needs it. */
export class TimelineView {
  readonly #trace: Trace;
  readonly #history: History;
  readonly #freeLists: FreeLists;

  constructor(trace: Trace) {
    this.#trace = trace;
    this.#history = new History(trace);
    this.#freeLists = new FreeLists(trace);
  }

  why({ space, step }: Params<'timeline/why'>): Sliced<Result<'timeline/why'>> {
    return whyHere(this.#history, this.#freeLists, space, step);
  }

  policies({ space, policies, columns }: Params<'timeline/policies'>): Sliced<Result<'timeline/policies'>> {
    return policyRuns(this.#trace, space, policies, columns);
  }

  bucketSizes({ bucketPages, columns }: Params<'timeline/bucket-sizes'>): Sliced<Result<'timeline/bucket-sizes'>> {
    return bucketSizeRuns(this.#trace, bucketPages, columns);
  }
}
