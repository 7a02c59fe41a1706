import { CHECK } from './check.ts';
import type { Command } from './command.ts';
import { ENTRIES } from './entries.ts';
import { EXPLAIN } from './explain.ts';
import { INSPECT } from './inspect.ts';

/** Every command, in the order in which `--help` lists them. */
export const COMMANDS: readonly Command[] = [INSPECT, CHECK, EXPLAIN, ENTRIES];
