import { formatCount, formatCounted } from '../../engine/core/format.ts';
import type { OpenImage } from '../../engine/node/open-image.ts';
import { type OpenTraceFile, openTraceFile } from '../../engine/node/open-trace.ts';
import { History } from '../../engine/trace/history.ts';
import type { Trace } from '../../engine/trace/trace.ts';
import { print, printJson } from '../output.ts';
import { UnusableInput } from '../unusable-input.ts';
import type { Arguments } from './arguments.ts';
import { type Command, openSnapshotAt } from './command.ts';
import { openOptions, UNPACK_HELP, UNPACK_OPTIONS } from './snapshot-options.ts';

export const TRACE: Command = {
  name: 'trace',
  about: 'what a trace holds: spaces, messages, counts, faults',
  usage: 'TRACE [--unpack-limit SIZE] [--json]',
  more: UNPACK_HELP,
  options: UNPACK_OPTIONS,
  run: (given) =>
    withTrace(given, ({ trace, remarks }) => {
      const report = traceReport(trace);
      if (given.json) printJson(report);
      else {
        for (const remark of remarks) print(remark);
        print(`${formatCounted(report.steps, 'step')}, ${formatCounted(report.messages, 'message')}`);
        for (const [kind, count] of Object.entries(report.events)) print(`  ${kind}  ${formatCount(count)}`);
        for (const space of report.spaces) print(`  space ${space.space}: ${space.kind} ${JSON.stringify(space.name)}`);
        for (const finding of report.findings) print(`${finding.message}  [${finding.code}]`);
      }
      return 0;
    }),
};

/** Opens the trace that a command was called with, does something with it, and closes it whatever comes. */
export async function withTrace(given: Arguments, use: (opened: OpenTraceFile) => number | Promise<number>): Promise<number> {
  const opened = await openTraceFile(given.positionals[0] ?? '', openOptions(given));
  if (typeof opened === 'string') throw new UnusableInput(opened);
  try {
    return await use(opened);
  } finally {
    opened.close();
  }
}

/** Opens the snapshot that a trace began with, where `--snapshot` names one, does something with it, and closes it whatever comes. */
export async function withImage(given: Arguments, use: (image: OpenImage | undefined) => number): Promise<number> {
  const path = given.option('snapshot');
  if (path === undefined) return use(undefined);
  const image = await openSnapshotAt(path, given);
  try {
    return use(image);
  } finally {
    image.close();
  }
}

/** `stable-memory trace --json`, schema `stable-memory/trace/1`. */
function traceReport(trace: Trace) {
  return {
    schema: 'stable-memory/trace/1',
    complete: trace.complete,
    steps: trace.steps,
    events: Object.fromEntries(trace.stepCounts),
    messages: trace.messages.count,
    skipped: trace.skipped,
    spaces: trace.segments.flatMap((segment) =>
      [...segment.spaces.values()].map((space) => ({
        space: space.space,
        kind: space.spaceKind,
        name: segment.names.get(space.name) ?? '',
        ...(Object.keys(space.params).length > 0 ? { params: space.params } : {}),
      })),
    ),
    findings: [...trace.findings, ...new History(trace).faults().faults],
  } as const;
}
