import { UserError } from '../core/user-error.ts';

/** Returns the error for an edit that is not made. `reason` is a sentence about why. */
export function refusal(reason: string): UserError {
  return new UserError('request', `Nothing was changed. ${reason}`);
}
