/** The arguments of a launch configuration. */
export interface LaunchArguments {
  readonly trace: string;
  readonly snapshot: string | undefined;
  readonly stopOnEntry: boolean;
}

/** Reads a launch configuration. Returns a sentence if it is invalid. */
export function readLaunchArguments(args: object): LaunchArguments | string {
  const { trace, snapshot, stopOnEntry }: { trace?: unknown; snapshot?: unknown; stopOnEntry?: unknown } = args;
  if (typeof trace !== 'string' || trace === '') {
    return 'The launch configuration has no trace. Add "trace" with the path of a file that ends in .smtrace or .smtrace.jsonl.';
  }
  if (snapshot !== undefined && typeof snapshot !== 'string') {
    return 'The "snapshot" of the launch configuration is not a path. Write the path of a snapshot folder or file, or omit it.';
  }
  return { trace, snapshot: snapshot === '' ? undefined : snapshot, stopOnEntry: stopOnEntry !== false };
}
