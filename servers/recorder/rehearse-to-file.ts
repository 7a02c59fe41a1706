import { openTraceOutput } from '../../engine/node/output/trace-output.ts';
import type { RehearsalTask, RehearsedUpgrade } from '../../engine/views/recording.ts';
import { rehearsalLines, rehearsalSummary } from '../../engine/views/rehearsal-text.ts';
import { version } from '../../package.json';
import { openRehearsal } from './rehearse.ts';

/** Rehearses an upgrade and writes its trace, which replaces an earlier one. @throws UserError if a file cannot be used */
export async function rehearseToFile(task: RehearsalTask, isCancelled: () => boolean): Promise<RehearsedUpgrade> {
  const { snapshot, wasm, arg, trace, unpackLimit } = task;
  const rehearsal = await openRehearsal({
    snapshot,
    wasm,
    arg,
    back: false,
    producer: `stable-memory ${version}`,
    limits: {},
    unpack: { unpackLimit },
  });
  try {
    const file = openTraceOutput(trace, { inputs: rehearsal.files, folder: rehearsal.folder, force: true });
    try {
      const report = rehearsal.run(file.writer, isCancelled);
      return {
        trace,
        succeeds: report.succeeds,
        summary: rehearsalSummary(report),
        error: report.hooks.at(-1)?.error,
        report: rehearsalLines(report).join('\n'),
      };
    } finally {
      file.close();
    }
  } finally {
    rehearsal.close();
  }
}
