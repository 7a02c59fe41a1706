import { UserError } from '../../../engine/core/user-error.ts';
import { SMALL_COLUMNS } from './requests.ts';
import type { TimelineHost } from './timeline-host.ts';
import type { Policies, Shown } from './timeline-state.ts';

/**
 * Simulates the same requests with all policies, one after the other, the recorded one first. Calls `change` whenever there is
 * more to show, until it returns false.
 */
export async function simulatePolicies(
  host: TimelineHost,
  { path, summary, space: { space, policy } }: Shown,
  change: (policies: Policies) => boolean,
): Promise<void> {
  const others = summary.policies.filter((each) => each !== policy);
  let policies: Policies = { runs: [], running: undefined, error: undefined };
  for (const name of policy === undefined ? others : [policy, ...others]) {
    if (!change({ ...policies, running: name })) return;
    try {
      const runs = await host.call('timeline/policies', { path, space, policies: [name], columns: SMALL_COLUMNS });
      policies = { ...policies, runs: [...policies.runs, ...runs] };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      policies = { ...policies, error: error.message };
      break;
    }
  }
  change(policies);
}
