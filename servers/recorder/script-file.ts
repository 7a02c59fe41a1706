import { formatCounted } from '../../engine/core/format.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { readWhole } from '../../engine/node/read-whole.ts';
import { parseScript, type ScriptCall } from '../../engine/recorder/script.ts';

/** Maximum size of a script, in bytes. */
const MAX_SCRIPT = 256 * 2 ** 20;

/** Reads the calls of a script. @throws UserError if it cannot be read, or has no calls */
export function readScript(path: string): readonly ScriptCall[] {
  const calls = parseScript(new TextDecoder().decode(readWhole(path, MAX_SCRIPT)));
  if ('problems' in calls) {
    const [first] = calls.problems;
    const more =
      calls.problems.length > 1 ? ` ${formatCounted(calls.problems.length - 1, 'other line')} cannot be read either.` : '';
    throw new UserError('input', `${path} is not a script of calls. ${first?.problem ?? ''}${more}`);
  }
  if (calls.length === 0) throw new UserError('input', `${path} has no calls. Write one call a line, such as {"call":"init"}.`);
  return calls;
}
