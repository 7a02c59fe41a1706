import { formatCount, formatCounted } from '../../engine/core/format.ts';
import { UserError } from '../../engine/core/user-error.ts';
import type { OpenImage } from '../../engine/node/open-image.ts';
import { type OpenTraceFile, openTraceFile } from '../../engine/node/open-trace.ts';
import { writeOutput } from '../../engine/node/output/write-output.ts';
import { exportTrace } from '../../engine/trace/export/export.ts';
import { EXPORT_FORMATS, isExportFormat } from '../../engine/trace/export/formats.ts';
import { History } from '../../engine/trace/history.ts';
import type { Trace } from '../../engine/trace/trace.ts';
import { openOptions, UNPACK_HELP, UNPACK_OPTIONS } from '../options/snapshot-options.ts';
import { print, printError, printJson } from '../output.ts';
import type { Arguments } from './arguments.ts';
import { type Command, openSnapshotAt } from './command.ts';

export const TRACE: Command = {
  name: 'trace',
  about: 'summarise a trace: spaces, messages, counts, faults; or export it for other tools',
  usage: 'TRACE [--json | --export FILE --format FORMAT [--force]] [--unpack-limit SIZE]',
  more: `FORMAT is chrome (JSON for Perfetto and Chrome's profiler), csv (one line a step), or heaptrack (text like heaptrack's).
--force replaces an existing file.
${UNPACK_HELP}`,
  options: { export: { type: 'string' }, format: { type: 'string' }, force: { type: 'boolean' }, ...UNPACK_OPTIONS },
  run: (args) =>
    withTrace(args, ({ trace }) => {
      if (args.option('export') !== undefined || args.option('format') !== undefined) return writeExport(trace, args);
      const report = traceReport(trace);
      if (args.json) printJson(report);
      else {
        print(`${formatCounted(report.steps, 'step')}, ${formatCounted(report.messages, 'message')}`);
        for (const [kind, count] of Object.entries(report.events)) print(`  ${kind}  ${formatCount(count)}`);
        for (const space of report.spaces) print(`  space ${space.space}: ${space.kind} ${JSON.stringify(space.name)}`);
        for (const finding of report.findings) print(`${finding.message}  [${finding.code}]`);
      }
      return 0;
    }),
};

/**
 * Opens the trace named by the arguments, passes it to `use`, and always closes it. @throws UserError if it cannot be opened.
 */
export function withTrace(args: Arguments, use: (opened: OpenTraceFile) => number | Promise<number>): Promise<number> {
  return withTraceAt(args.positionals[0] ?? '', args, use);
}

/**
 * Opens a trace, passes it to `use`, and always closes it. Says first what is unusual about the file, in the other stream, so that
 * no result of a cut file passes for that of a whole one. @throws UserError if it cannot be opened.
 */
export async function withTraceAt(
  path: string,
  args: Arguments,
  use: (opened: OpenTraceFile) => number | Promise<number>,
): Promise<number> {
  const opened = await openTraceFile(path, openOptions(args));
  if (typeof opened === 'string') throw new UserError('input', opened);
  try {
    for (const remark of opened.remarks) printError(remark);
    return await use(opened);
  } finally {
    opened.close();
  }
}

/**
 * Opens the snapshot of `--snapshot`, if any, passes it to `use`, and always closes it. @throws UserError if it cannot be
 * opened.
 */
export async function withImage(args: Arguments, use: (image: OpenImage | undefined) => number): Promise<number> {
  const path = args.option('snapshot');
  if (path === undefined) return use(undefined);
  const image = await openSnapshotAt(path, args);
  try {
    return use(image);
  } finally {
    image.close();
  }
}

/** Writes the trace of the arguments in another format. @throws UserError if it cannot be written. */
function writeExport(trace: Trace, args: Arguments): number {
  const output = args.option('export');
  const format = args.option('format') ?? '';
  if (output === undefined) throw new UserError('input', 'Say where to write the trace: --export FILE.');
  if (!isExportFormat(format)) throw new UserError('input', `Say in which format: --format ${EXPORT_FORMATS.join(', ')}.`);
  const options = { inputs: [args.positionals[0] ?? ''], force: args.flag('force') };
  writeOutput(output, options, (sink) => exportTrace(trace, format, sink));
  print(`${output} was written.`);
  return 0;
}

/** Returns the output of `stable-memory trace --json`, schema `stable-memory/trace/1`. */
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
