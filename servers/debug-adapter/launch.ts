/** What a launch configuration says. */
export interface LaunchArguments {
  readonly trace: string;
  readonly snapshot: string | undefined;
  readonly stopOnEntry: boolean;
}

/** Reads a launch configuration; a string is a sentence that says what is wrong with it. */
export function readLaunchArguments(args: object): LaunchArguments | string {
  const { trace, snapshot, stopOnEntry }: { trace?: unknown; snapshot?: unknown; stopOnEntry?: unknown } = args;
  if (typeof trace !== 'string' || trace === '') {
    return 'The launch configuration names no trace. Add "trace" with the path of a file that ends in .smtrace or .smtrace.jsonl.';
  }
  if (snapshot !== undefined && typeof snapshot !== 'string') {
    return 'The "snapshot" of the launch configuration is no path. Write the path of a snapshot folder or file, or leave it out.';
  }
  return { trace, snapshot: snapshot === '' ? undefined : snapshot, stopOnEntry: stopOnEntry !== false };
}
