import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver';
import { FINDINGS } from '../../../engine/core/findings.ts';
import type { Fault } from '../../../engine/trace/analysis/faults.ts';
import { locationOf, locationOfStep, type ShownTrace } from './shown-trace.ts';

/** Returns the faults of a trace's steps as diagnostics. Each leads to the allocation of the block that it collides with. */
export function diagnosticsOf(shown: ShownTrace, faults: readonly Fault[]): readonly Diagnostic[] {
  const { trace } = shown.open;
  return faults.map(({ code, step, block, message }) => ({
    severity: FINDINGS[code].severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
    range: locationOf(shown, trace.eventOf(step)).range,
    message,
    code,
    source: 'Stable Memory',
    ...(block && {
      relatedInformation: [{ location: locationOfStep(shown, block.step), message: `Step #${block.step} allocated the block.` }],
    }),
  }));
}
