import type { DebugProtocol } from '@vscode/debugprotocol';
import { BREAKPOINT_MODES } from './breakpoints/breakpoint-modes.ts';
import { FAULT_FILTERS } from './breakpoints/faults.ts';

/** Capabilities of the debugger. `requests/handlers.ts` has their requests, and a test has an example of each. */
export const CAPABILITIES = {
  supportsConfigurationDoneRequest: true,
  supportsStepBack: true,
  supportsSteppingGranularity: true,
  supportsRestartRequest: true,
  supportsRestartFrame: true,
  supportsGotoTargetsRequest: true,
  supportsFunctionBreakpoints: true,
  supportsDataBreakpoints: true,
  supportsDataBreakpointBytes: true,
  supportsInstructionBreakpoints: true,
  supportsConditionalBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsBreakpointLocationsRequest: true,
  breakpointModes: BREAKPOINT_MODES,
  supportsExceptionInfoRequest: true,
  supportsExceptionFilterOptions: true,
  exceptionBreakpointFilters: FAULT_FILTERS,
  supportsEvaluateForHovers: true,
  supportsClipboardContext: true,
  supportsValueFormattingOptions: true,
  supportsCompletionsRequest: true,
  completionTriggerCharacters: ['.'],
  supportsReadMemoryRequest: true,
  supportsDisassembleRequest: true,
  supportsLoadedSourcesRequest: true,
  supportedChecksumAlgorithms: ['SHA256'],
  supportsDelayedStackTraceLoading: true,
  supportsCancelRequest: true,
} satisfies DebugProtocol.Capabilities;
