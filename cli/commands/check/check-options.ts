import type { Severity } from '../../../engine/core/findings.ts';
import { UserError } from '../../../engine/core/user-error.ts';
import type { Arguments } from '../arguments.ts';

export const CHECK_OPTIONS = {
  lock: { type: 'string' },
  baseline: { type: 'string' },
  'write-baseline': { type: 'boolean' },
  'fail-on': { type: 'string' },
  format: { type: 'string' },
} as const;

const CHECK_FORMATS = ['text', 'json', 'sarif', 'github'] as const;
export type CheckFormat = (typeof CHECK_FORMATS)[number];

/** Returns the output format. @throws UserError */
export function formatOf(args: Arguments): CheckFormat {
  const name = args.option('format');
  const format = CHECK_FORMATS.find((known) => known === name);
  if (name !== undefined && format === undefined)
    throw new UserError('input', `There is no format "${name}". Use ${CHECK_FORMATS.join(', ')}.`);
  if (args.json && format !== undefined && format !== 'json')
    throw new UserError('input', `--json and --format ${format} contradict each other. Use one of them.`);
  return format ?? (args.json ? 'json' : 'text');
}

/** Severities that make the command fail, by the value of `--fail-on`. */
const FAILING: Readonly<Record<string, readonly Severity[]>> = {
  error: ['error'],
  warning: ['error', 'warning'],
  never: [],
};

/** Returns the severities of findings with which the exit status is 1. @throws UserError */
export function failingSeverities(args: Arguments): readonly Severity[] {
  const name = args.option('fail-on') ?? 'error';
  const severities = Object.hasOwn(FAILING, name) ? FAILING[name] : undefined;
  if (severities === undefined)
    throw new UserError('input', `--fail-on takes ${Object.keys(FAILING).join(', ')}, not "${name}".`);
  return severities;
}
