/**
 * The functions that a canister imports from `ic0` (Internet Computer interface specification, "System API"). Each does what a
 * replica does, or traps with its name.
 */
import { Trap } from '../trap.ts';
import type { Word } from '../web-assembly.ts';
import { CALLS } from './calls.ts';
import { CANISTER } from './canister.ts';
import { contextName } from './contexts.ts';
import { COSTS } from './costs.ts';
import { MESSAGE } from './message.ts';
import { STABLE } from './stable.ts';
import type { System, SystemFunction } from './system.ts';

const FUNCTIONS: ReadonlyMap<string, SystemFunction> = new Map(
  Object.entries({ ...MESSAGE, ...CALLS, ...STABLE, ...CANISTER, ...COSTS }),
);

/** Returns true if `ic0` has a function of this name. */
export function isSystemFunction(name: string): boolean {
  return FUNCTIONS.has(name);
}

/** The functions for modules whose main memory has addresses of 32 bits only. */
const NARROW: ReadonlySet<string> = new Set([
  'msg_cycles_available',
  'msg_cycles_refunded',
  'msg_cycles_accept',
  'canister_cycle_balance',
  'call_cycles_add',
  'stable_size',
  'stable_grow',
  'stable_write',
  'stable_read',
]);

/** Returns true if modules whose main memory has addresses of 64 bits cannot import a function. */
export function isNarrowFunction(name: string): boolean {
  return NARROW.has(name);
}

/** Returns the functions of `ic0` for a canister, to be imported. */
export function systemFunctions(system: System): object {
  return Object.fromEntries(
    [...FUNCTIONS].map(([name, { contexts, run }]) => [
      name,
      (...args: readonly Word[]) => {
        const { execution } = system;
        execution.hostCalls += 1;
        if (!contexts.has(execution.context))
          throw new Trap(`ic0.${name} cannot be called in ${contextName(execution.context)}.`);
        return run(system, ...args);
      },
    ]),
  );
}
