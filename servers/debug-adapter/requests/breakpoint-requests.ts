import type { DebugProtocol } from '@vscode/debugprotocol';
import { describeDataRange } from '../breakpoints/data-range.ts';
import { stepOfInstruction } from '../instructions.ts';
import { reading } from './launched.ts';

export const setBreakpoints = reading<DebugProtocol.SetBreakpointsArguments>(
  ({ debuggee, breakpoints: list, client }, { source, breakpoints = [] }) => {
    const wanted = breakpoints.map(({ line, ...terms }) => ({ ...terms, line: client.fromClientLine(line) }));
    const message = `The debugger steps through ${debuggee.summary.title}, not through this trace.`;
    const document = debuggee.documentOf(source);
    return {
      breakpoints: document ? list.setLines(wanted, document) : breakpoints.map(() => ({ verified: false, message })),
    };
  },
);

export const setFunctionBreakpoints = reading<DebugProtocol.SetFunctionBreakpointsArguments>(
  ({ debuggee, breakpoints: list }, { breakpoints }) => ({
    breakpoints: list.setFunctions(breakpoints, debuggee.timeline.trace),
  }),
);

export const setExceptionBreakpoints = reading<DebugProtocol.SetExceptionBreakpointsArguments>(
  ({ breakpoints }, { filters, filterOptions = [] }) => ({
    breakpoints: breakpoints.setFaults([...filters.map((filterId) => ({ filterId })), ...filterOptions]),
  }),
);

export const setInstructionBreakpoints = reading<DebugProtocol.SetInstructionBreakpointsArguments>(
  ({ debuggee, breakpoints: list }, { breakpoints }) => ({
    breakpoints: list.setInstructions(
      breakpoints.map(({ instructionReference, offset, ...options }) => ({
        ...options,
        step: stepOfInstruction(debuggee.timeline, instructionReference, offset),
      })),
    ),
  }),
);

export const dataBreakpointInfo = reading<DebugProtocol.DataBreakpointInfoArguments>(
  ({ debuggee: { timeline }, variables }, { name, variablesReference, bytes, asAddress }) => {
    const value = asAddress === true ? undefined : variables.valueOf(name, variablesReference);
    const place = asAddress === true ? name : value?.memoryReference;
    return describeDataRange(timeline, name, place, bytes ?? value?.byteCount);
  },
);

export const setDataBreakpoints = reading<Partial<DebugProtocol.SetDataBreakpointsArguments>>(
  ({ breakpoints: list }, { breakpoints = [] }) => ({ breakpoints: list.setData(breakpoints) }),
);

/** Maximum lines of one response. */
const MAX_LOCATIONS = 10_000;

/** Returns the lines with steps, which alone can have breakpoints. */
export const breakpointLocations = reading<DebugProtocol.BreakpointLocationsArguments>(
  ({ debuggee, client }, { source, line, endLine = line }) => {
    const breakpoints: DebugProtocol.BreakpointLocation[] = [];
    const document = debuggee.documentOf(source);
    const end = client.fromClientLine(endLine);
    let at = client.fromClientLine(line);
    while (document && at <= end && breakpoints.length < MAX_LOCATIONS) {
      const step = document.stepFromLine(at);
      const found = step === undefined ? end + 1 : document.lineOfStep(step);
      if (found <= end) breakpoints.push({ line: client.toClientLine(found) });
      at = Math.max(at, found) + 1;
    }
    return { breakpoints };
  },
);
