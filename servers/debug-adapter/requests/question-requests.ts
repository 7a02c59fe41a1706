/** Our own requests about writes, watched bytes and visited moments, and the protocol's about where a step is. */
import { watchedRange } from '../breakpoints/watched-ranges.ts';
import { type MoveRequest, rangesToWatch, stepToGoTo, stepToLocate } from '../questions/requests.ts';
import { type Handler, reading, refuseDuringRun } from './launched.ts';

/** Returns the handler of a request that goes to another moment. */
function going(command: MoveRequest): Handler {
  return (launched, { arguments: args }) => {
    refuseDuringRun(launched);
    launched.parts.leave();
    const { debuggee, trail, client, variables, travel } = launched;
    const step = stepToGoTo(command, args, {
      debuggee,
      trail,
      toLine: (line) => client.fromClientLine(line),
      rowValue: (name, reference) => variables.valueOf(name, reference),
    });
    launched.announceMove();
    travel.seek(step, 'goto');
    return { step };
  };
}

export const lastWrite = going('lastWrite');
export const nextWrite = going('nextWrite');
export const goBackInTime = going('goBackInTime');
export const goForwardInTime = going('goForwardInTime');

export const setWatchRanges = reading(({ debuggee: { timeline }, breakpoints }, args) => ({
  ranges: breakpoints.setWatched(rangesToWatch(args).map((range) => watchedRange(range, timeline))),
}));

export const locations = reading(({ debuggee, client }, args) => debuggee.placeOfStep(client, stepToLocate(args)));
