import type * as vscode from 'vscode';
import { formatCount } from '../../../engine/core/format.ts';
import { askForStep } from '../debugger/ask-for-step.ts';
import type { EngineClient } from '../engine-client.ts';
import type { TraceSessions } from '../timeline/trace-sessions.ts';
import { activeTrace, traceFileOf } from '../traces/trace-files.ts';
import type { ComparisonPanels } from './comparison-panels.ts';

/**
 * Compares the memory at two steps of a trace: the one that the debugger is at and another one, or two that the user names where the
 * trace is not stepped through.
 */
export async function compareSteps(
  engine: EngineClient,
  panels: ComparisonPanels,
  sessions: TraceSessions,
  uri: vscode.Uri | undefined,
): Promise<void> {
  const trace = uri ? traceFileOf(uri) : (activeTrace() ?? sessions.current);
  if (trace === undefined)
    throw new Error('No trace is open. Open a file that ends in .smtrace or .smtrace.jsonl, then compare its steps again.');
  const { title, steps } = await engine.call('trace/open', { path: trace });
  const current = sessions.stepOf(trace);
  const one = current ?? (await askForStep(`Compare Steps of ${title}: the Step Before`, steps, 'start'));
  if (one === undefined) return;
  const asked =
    current === undefined
      ? `Compare Steps of ${title}: the Step After`
      : `Compare Step ${formatCount(one)} of ${title} with Step…`;
  const other = await askForStep(asked, steps, current === undefined ? 'end' : String(Math.max(0, one - 1)));
  if (other === undefined) return;
  const snapshot = sessions.snapshotOf(trace);
  const side = (step: number) => ({ kind: 'step', trace, step, ...(snapshot !== undefined && { snapshot }) }) as const;
  panels.show({ before: side(Math.min(one, other)), after: side(Math.max(one, other)) });
}
