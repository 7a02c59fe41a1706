import type { DebugProtocol } from '@vscode/debugprotocol';
import { FINDINGS } from '../../../engine/core/findings.ts';
import type { Fault, FaultCode } from '../../../engine/trace/analysis/faults.ts';

/** The faults that the debugger can stop at, as the client lists them. Those that lose data are on from the start. */
const FAULT_LABELS: Readonly<Record<FaultCode, { readonly label: string; readonly initially: boolean }>> = {
  'trace.overlap': { label: 'Two live blocks overlap', initially: true },
  'trace.double-free': { label: 'Freed twice', initially: true },
  'trace.not-live': { label: 'Freed what was not handed out so', initially: true },
  'trace.out-of-bounds': { label: 'Outside of its memory', initially: true },
  'trace.bucket-order': { label: 'A load would permute pages', initially: true },
  'trace.unknown-space': { label: 'Unknown space', initially: false },
  'trace.grow-failed': { label: 'Memory could not grow', initially: false },
};

export function faultLabel(code: FaultCode): string {
  return FAULT_LABELS[code].label;
}

/** All about the faults of one step, for the widget below its line; the first fault gives the title. */
export function describeFaults([first, ...others]: readonly [Fault, ...Fault[]]): DebugProtocol.ExceptionInfoResponse['body'] {
  return {
    exceptionId: faultLabel(first.code),
    description: `${[first, ...others].map((fault) => fault.message).join(' ')}\n${FINDINGS[first.code].means}`,
    breakMode: 'always',
    details: { message: FINDINGS[first.code].remedy },
  };
}

export function isFaultCode(code: string): code is FaultCode {
  return Object.hasOwn(FAULT_LABELS, code);
}

export const FAULT_FILTERS: DebugProtocol.ExceptionBreakpointsFilter[] = Object.entries(FAULT_LABELS).map(
  ([filter, { label, initially }]) => ({
    filter,
    label,
    default: initially,
    supportsCondition: true,
    conditionDescription: 'Expression, such as size > 4096 or space == "region 17"',
    ...(isFaultCode(filter) && { description: FINDINGS[filter].means }),
  }),
);
