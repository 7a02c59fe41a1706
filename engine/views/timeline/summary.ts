import { POLICY_NAMES } from '../../motoko/memory-region/policies.ts';
import { identityOf } from '../../trace/state/space-identity.ts';
import type { TimelineSpace, TimelineSummary } from './calls.ts';
import type { DrawnSpace } from './drawn-spaces.ts';
import type { TimelineData } from './timeline-data.ts';

/** Returns what the view can draw of a trace. */
export async function timelineSummary(data: TimelineData): Promise<TimelineSummary> {
  const [segment] = data.trace.segments;
  const { steps, cutShort } = await data.lifetimes();
  return {
    title: segment ? segment.header.producer : 'Trace',
    steps,
    spaces: (await data.spaces()).map(spaceOf),
    policies: POLICY_NAMES,
    cutShort,
  };
}

function spaceOf(drawn: DrawnSpace): TimelineSpace {
  const { space, draws, life } = drawn;
  const { kind, name, params } = life.declared;
  const policy = params['policy'];
  return {
    space,
    name: identityOf(kind, params) ?? name,
    draws,
    bytes: drawn.draws === 'blocks' ? life.highest : drawn.accesses.highest,
    policy: typeof policy === 'string' ? policy : undefined,
  };
}
