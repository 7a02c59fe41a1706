import type { CallName, Calls } from '../../../engine/views/protocol.ts';
import type { Outcome } from '../../state/latest-query.ts';

/** The latest result of a call with what was asked. It stays on screen until a newer one replaces it. */
export interface Latest<Name extends CallName> {
  readonly shown: { readonly params: Calls[Name]['params']; readonly result: Calls[Name]['result'] } | undefined;
  /** A sentence that says why there is no newer result. */
  readonly error: string | undefined;
}

export const NOTHING = { shown: undefined, error: undefined } as const satisfies Latest<CallName>;

/** Returns the latest result after an outcome. An error keeps the last good result. */
export function afterOutcome<Name extends CallName>(before: Latest<Name>, outcome: Outcome<Name>): Latest<Name> {
  if (!('result' in outcome)) return { shown: before.shown, error: outcome.error };
  return { shown: { params: outcome.params, result: outcome.result }, error: undefined };
}
