import type { DebugProtocol } from '@vscode/debugprotocol';
import { UserError } from '../../../engine/core/user-error.ts';
import type { OpenImage } from '../../../engine/node/open-image.ts';
import type { BreakpointList } from '../breakpoints/breakpoint-list.ts';
import type { ClientPlaces } from '../client-places.ts';
import type { Debuggee } from '../debuggee.ts';
import type { LaunchArguments } from '../launch.ts';
import type { PartCursor } from '../part-cursor.ts';
import type { Trail } from '../questions/trail.ts';
import type { Travel } from '../travel.ts';
import type { Variables } from '../values/variables.ts';

/** State of a session whose trace is launched. All requests about the trace work with it. */
export interface Launched {
  readonly args: LaunchArguments;
  debuggee: Debuggee;
  readonly image: OpenImage | undefined;
  readonly breakpoints: BreakpointList;
  readonly travel: Travel;
  /** The moments at which the user was. */
  readonly trail: Trail;
  /** The part of the current step, while the user steps through parts. */
  readonly parts: PartCursor;
  readonly variables: Variables;
  /** References of memories that the client has read. It is notified when they change. */
  readonly memoriesRead: Set<string>;
  readonly client: ClientPlaces;
  /** True if numbers are shown in hex. */
  hex: boolean;
  /** True if the client fetches again what an `invalidated` event names. */
  readonly showsInvalidated: boolean;
  /** Returns true if a request is cancelled, or the session is over. */
  readonly isCancelled: (seq: number) => boolean;
  /** Reports a move that the request does not imply. */
  readonly announceMove: () => void;
  readonly send: (event: { readonly event: string; readonly body: object }) => void;
}

type Body = object | undefined;

/** Handles a request and returns the body of its response. @throws UserError if the request is refused */
export type Handler = (launched: Launched, request: DebugProtocol.Request) => Body | Promise<Body>;

/** Returns the handler of a request that only reads. `seq` is the number of the request, by which it can be cancelled. */
export function reading<Args extends object>(
  handle: (launched: Launched, args: Args, seq: number) => Body | Promise<Body>,
): Handler {
  return (launched, { arguments: args = {}, seq }) => handle(launched, args, seq);
}

/** Returns the handler of a request that goes to another step. It is refused during a run. `body`: the body of its response. */
export function moving<Args extends object>(
  go: (launched: Launched, args: Args & { readonly granularity?: DebugProtocol.SteppingGranularity }) => void,
  body?: object,
): Handler {
  return (launched, { arguments: args = {} }) => {
    refuseDuringRun(launched);
    if (args.granularity !== 'instruction') launched.parts.leave();
    go(launched, args);
    return body;
  };
}

/** @throws UserError during a run */
export function refuseDuringRun({ travel }: Launched): void {
  if (travel.running) throw new UserError('input', 'The trace is running. Pause it first.');
}
