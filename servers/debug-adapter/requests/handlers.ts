import {
  breakpointLocations,
  dataBreakpointInfo,
  setBreakpoints,
  setDataBreakpoints,
  setExceptionBreakpoints,
  setFunctionBreakpoints,
  setInstructionBreakpoints,
} from './breakpoint-requests.ts';
import type { Handler } from './launched.ts';
import { disassemble, readMemory, residents, sizeOf, writeMemory } from './memory-requests.ts';
import { goBackInTime, goForwardInTime, lastWrite, locations, nextWrite, setWatchRanges } from './question-requests.ts';
import { loadedSources, scopes, source, stackTrace } from './stack-requests.ts';
import {
  continueBackward,
  continueForward,
  goto,
  gotoTargets,
  next,
  restartFrame,
  stepBack,
  stepBackInto,
  stepBackOut,
  stepIn,
  stepOut,
} from './stepping-requests.ts';
import { completions, evaluate, exceptionInfo, log, setFormat, variables } from './value-requests.ts';

/** The handlers of all requests about the trace, by command. The last rows are our own, which clients send as custom requests. */
export const HANDLERS: ReadonlyMap<string, Handler> = new Map([
  ['stackTrace', stackTrace],
  ['scopes', scopes],
  ['loadedSources', loadedSources],
  ['source', source],
  ['variables', variables],
  ['evaluate', evaluate],
  ['completions', completions],
  ['exceptionInfo', exceptionInfo],
  ['readMemory', readMemory],
  ['writeMemory', writeMemory],
  ['disassemble', disassemble],
  ['setBreakpoints', setBreakpoints],
  ['setFunctionBreakpoints', setFunctionBreakpoints],
  ['setExceptionBreakpoints', setExceptionBreakpoints],
  ['setInstructionBreakpoints', setInstructionBreakpoints],
  ['dataBreakpointInfo', dataBreakpointInfo],
  ['setDataBreakpoints', setDataBreakpoints],
  ['breakpointLocations', breakpointLocations],
  ['continue', continueForward],
  ['reverseContinue', continueBackward],
  ['next', next],
  ['stepIn', stepIn],
  ['stepOut', stepOut],
  ['stepBack', stepBack],
  ['restartFrame', restartFrame],
  ['gotoTargets', gotoTargets],
  ['goto', goto],
  ['locations', locations],
  ['stepBackInto', stepBackInto],
  ['stepBackOut', stepBackOut],
  ['setFormat', setFormat],
  ['log', log],
  ['lastWrite', lastWrite],
  ['nextWrite', nextWrite],
  ['goBackInTime', goBackInTime],
  ['goForwardInTime', goForwardInTime],
  ['setWatchRanges', setWatchRanges],
  ['residents', residents],
  ['sizeOf', sizeOf],
]);

/** The supported requests. Any other request is refused with a message. The session handles those of its life itself. */
export const REQUESTS: ReadonlySet<string> = new Set([
  ...['initialize', 'launch', 'configurationDone', 'restart', 'disconnect', 'pause', 'cancel', 'threads'],
  ...HANDLERS.keys(),
]);
