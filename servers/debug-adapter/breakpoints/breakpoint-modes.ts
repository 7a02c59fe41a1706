import type { DebugProtocol } from '@vscode/debugprotocol';
import { UserError } from '../../../engine/core/user-error.ts';
import type { Direction } from '../../../engine/trace/search.ts';

interface Mode {
  readonly label: string;
  readonly description: string;
  readonly directions: readonly Direction[];
}

/** Modes of breakpoints, by the directions in which they stop. Clients offer the first one as the default. */
const MODES: Readonly<Record<string, Mode>> = {
  both: {
    label: 'Both directions',
    description: 'Stops whether the trace runs forwards or backwards.',
    directions: ['forward', 'backward'],
  },
  forward: { label: 'Forwards', description: 'Stops only when the trace runs forwards.', directions: ['forward'] },
  reverse: { label: 'Backwards', description: 'Stops only when the trace runs backwards.', directions: ['backward'] },
};

export const BREAKPOINT_MODES: DebugProtocol.BreakpointMode[] = Object.entries(MODES).map(([mode, { label, description }]) => ({
  mode,
  label,
  description,
  appliesTo: ['source', 'exception', 'data'],
}));

/** Returns the directions of a mode. @throws UserError if the mode is unknown */
export function directionsOf(mode = 'both'): readonly Direction[] {
  const known = Object.hasOwn(MODES, mode) ? MODES[mode] : undefined;
  if (!known) throw new UserError('input', `Unknown breakpoint mode “${mode}”. The modes are ${Object.keys(MODES).join(', ')}.`);
  return known.directions;
}
