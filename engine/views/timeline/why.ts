import type { Trace } from '../../trace/trace.ts';
import type { WhyHere } from './calls.ts';

/** Returns why the allocator of a space answered as it did at a step; undefined if it did not allocate or free there. */
export function whyHere(_trace: Trace, _space: number, _step: number): WhyHere | undefined {
  return undefined;
}
