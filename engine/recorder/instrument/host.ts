/** The imports and exports that an instrumented module and its host have in common, and their indexes. */

/** The name of the module whose functions the host provides. */
export const HOST_MODULE = 'smd';

/** All exports that are added begin with it. */
export const EXPORT_PREFIX = 'smd:';

/**
 * Fixed names of exports.
 *
 * - `page0`, `page1`: two pages of 4 KiB that were touched. The host sets both to -1 when a message starts.
 * - `path`: a hash of the calls that led to here. The host sets it to 0 when a message starts.
 * - `ticks`: counts down. The host sets it in `tick`.
 */
export const EXPORT = {
  memory: 'smd:memory',
  start: 'smd:start',
  page0: 'smd:page:0',
  page1: 'smd:page:1',
  path: 'smd:path',
  ticks: 'smd:ticks',
} as const;

export const globalExport = (index: number): string => `smd:global:${index}`;
export const tableExport = (index: number): string => `smd:table:${index}`;
export const functionExport = (index: number): string => `smd:function:${index}`;

/** The number of functions that the host provides. */
export const ADDED_IMPORTS = 3;

/** The indexes, in the new module, of what is added to it. */
export interface HostIndexes {
  readonly touch: number;
  readonly tick: number;
  readonly mayGrow: number;
  readonly page0: number;
  readonly page1: number;
  readonly path: number;
  readonly ticks: number;
  /** The first function after those of the original module. */
  readonly firstHelper: number;
}

/** Returns the indexes for a module with these numbers of functions and globals. */
export function hostIndexes(importedFunctions: number, functions: number, globals: number): HostIndexes {
  return {
    touch: importedFunctions,
    tick: importedFunctions + 1,
    mayGrow: importedFunctions + 2,
    page0: globals,
    page1: globals + 1,
    path: globals + 2,
    ticks: globals + 3,
    firstHelper: functions + ADDED_IMPORTS,
  };
}
