import { UserError } from '../engine/core/user-error.ts';

/** Parses a natural number, decimal or 0x. `what` names it in the error. @throws UserError if it is not one. */
export function naturalNumber(text: string, what: string): number {
  const number = /^(0x[0-9a-fA-F][0-9a-fA-F_]*|[0-9][0-9_]*)$/.test(text) ? Number(text.replaceAll('_', '')) : Number.NaN;
  if (!Number.isSafeInteger(number)) throw new UserError('input', `${what} takes a whole number, decimal or 0x, not "${text}".`);
  return number;
}
