import { type RangeToWatch, rangeToWatch } from './breakpoints/watched-ranges.ts';

/** The arguments of a launch configuration. */
export interface LaunchArguments {
  readonly trace: string;
  readonly snapshot: string | undefined;
  readonly stopOnEntry: boolean;
  /** The step to stop at first, instead of before the first one. Undefined if the configuration does not say. */
  readonly step: number | undefined;
  /** Bytes to break on. */
  readonly watch: readonly RangeToWatch[];
}

/** Reads a launch configuration. Returns a sentence if it is invalid. */
export function readLaunchArguments(args: object): LaunchArguments | string {
  const { trace, snapshot, stopOnEntry, step, watch = [] }: { readonly [Name in keyof LaunchArguments]?: unknown } = args;
  if (typeof trace !== 'string' || trace === '') {
    return 'The launch configuration has no trace. Add "trace" with the path of a file that ends in .smtrace or .smtrace.jsonl.';
  }
  if (snapshot !== undefined && typeof snapshot !== 'string') {
    return 'The "snapshot" of the launch configuration is not a path. Write the path of a snapshot folder or file, or omit it.';
  }
  if (step !== undefined && (typeof step !== 'number' || !Number.isInteger(step) || step < 0))
    return 'The "step" of the launch configuration is not a whole number. Write the number of a step, or omit it.';
  const ranges = Array.isArray(watch) ? watch.map((range: unknown) => rangeToWatch(range)) : [undefined];
  if (ranges.includes(undefined))
    return 'The "watch" of the launch configuration is not a list of bytes. Write { "place": "memory 3:0x40", "bytes": 4, "access": "write" }, or omit it.';
  return {
    trace,
    snapshot: snapshot === '' ? undefined : snapshot,
    stopOnEntry: stopOnEntry !== false,
    step,
    watch: ranges.filter((range) => range !== undefined),
  };
}
