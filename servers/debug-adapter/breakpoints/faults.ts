import type { DebugProtocol } from '@vscode/debugprotocol';
import { FINDINGS } from '../../../engine/core/findings.ts';
import type { Fault, FaultCode } from '../../../engine/trace/analysis/faults.ts';

/** The faults that the debugger can stop at, as the client lists them. Faults that lose data are enabled initially. */
const FAULT_LABELS: Readonly<Record<FaultCode, { readonly label: string; readonly initially: boolean }>> = {
  'trace.overlap': { label: 'Two live blocks overlap', initially: true },
  'trace.double-free': { label: 'Freed twice', initially: true },
  'trace.not-live': { label: 'Freed a block that is not live', initially: true },
  'trace.out-of-bounds': { label: 'Outside its memory', initially: true },
  'trace.leak': { label: 'Still allocated at the end', initially: false },
  'trace.bucket-order': { label: 'A load would permute pages', initially: true },
  'trace.unknown-space': { label: 'Unknown space', initially: false },
  'trace.grow-failed': { label: 'Memory could not grow', initially: false },
  'trace.metadata': { label: 'Metadata damaged', initially: false },
  'trace.checkpoint': { label: 'Differs from a checkpoint', initially: false },
};

export function faultLabel(code: FaultCode): string {
  return FAULT_LABELS[code].label;
}

/** Describes the faults of one step for the widget below its line. The first fault is the title. */
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
