import type { SpaceNumber } from '../../../engine/trace/events.ts';
import { endOf } from '../../../engine/trace/state/replay.ts';
import { identityOfSpace, PHYSICAL } from '../../../engine/trace/state/space-identity.ts';
import type { Trace } from '../../../engine/trace/trace.ts';
import type { SpaceEvent } from '../../../engine/trace/trace-index.ts';

/**
 * Returns a function that gives the name of a space after a step, without computing the state there. Returns undefined for a trace in
 * which a space changes its name, because then only the state knows it.
 */
export function spaceNames(trace: Trace): ((space: SpaceNumber, step: number) => string | undefined) | undefined {
  const names = new Map<SpaceEvent, string>();
  const byIdentity = new Map([[PHYSICAL, PHYSICAL]]);
  for (const segment of trace.segments) {
    for (const declared of segment.spaces.values()) {
      const [own, ...others] = new Set(segment.names.all(declared.name));
      const identity = identityOfSpace(declared);
      const text = own ?? identity;
      if (others.length > 0 || (byIdentity.get(identity) ?? text) !== text) return undefined;
      byIdentity.set(identity, text);
      names.set(declared, text);
    }
  }
  return (space, step) => {
    const declared = trace.spaceAt(endOf(trace, step) - 1, space);
    return declared ? names.get(declared) : space === 0 ? PHYSICAL : undefined;
  };
}
