/** The messages of a page are checked here: an older or newer version of the extension may have written it. */
import type { Call, CallName } from '../../engine/views/protocol.ts';

/** The error in a page of another version. */
export const OUTDATED_PAGE = 'The extension was updated while this page was open. Reload the window to go on.';

/** Returns true for one of the calls that a page may make. */
export function isCall<Name extends CallName>(
  message: unknown,
  names: readonly Name[],
): message is Extract<Call, { readonly call: Name }> {
  if (typeof message !== 'object' || message === null) return false;
  if (!('id' in message && 'call' in message && 'params' in message)) return false;
  const { id, call, params } = message;
  return typeof id === 'number' && names.some((name) => name === call) && typeof params === 'object' && params !== null;
}

export function isNotification<Page extends { readonly notification: string }>(message: unknown): message is Page {
  return typeof message === 'object' && message !== null && 'notification' in message;
}
