/** A trace as CSV (RFC 4180): one header, then one line a step. Addresses and sizes are decimal numbers. */
import { csvCell } from '../../core/csv.ts';
import { MessageNames } from '../analysis/lifetimes/message-names.ts';
import { exactAddress, exactOldAddress, type TraceEvent } from '../events.ts';
import { identityAt } from '../state/space-identity.ts';
import type { Trace } from '../trace.ts';

const COLUMNS = [
  'step',
  'event',
  'message',
  'space',
  'address',
  'size',
  'old_address',
  'old_size',
  'pages',
  'pages_before',
  'function',
] as const;
type Cells = Partial<Record<(typeof COLUMNS)[number], string | number | bigint | undefined>>;

/** Returns the lines of the file. */
export function* csvLines(trace: Trace): Generator<string, void, undefined> {
  const names = new MessageNames(trace);
  yield `${COLUMNS.join(',')}\r\n`;
  let index = -1;
  for (const event of trace.events()) {
    index += 1;
    if (!trace.isStep(index)) continue;
    const step = trace.stepOf(index);
    const message = names.numberAt(step);
    const cells: Cells = {
      step,
      event: event.kind === 'end' ? event.outcome : event.kind,
      message: message === 0 ? '' : names.nameOf(message),
      ...('space' in event ? { space: identityAt(trace, index, event.space) ?? `space ${event.space}` } : {}),
      ...ownCells(event),
      function: functionOf(trace, index, event),
    };
    yield `${COLUMNS.map((column) => csvCell(String(cells[column] ?? ''))).join(',')}\r\n`;
  }
}

function ownCells(event: TraceEvent): Cells {
  switch (event.kind) {
    case 'grow':
      return { pages: event.by, pages_before: event.before };
    case 'write':
      return { address: exactAddress(event), size: event.bytes.length };
    case 'read':
      return { address: exactAddress(event), size: event.length };
    case 'allocate':
    case 'deallocate':
      return { address: exactAddress(event), size: event.size };
    case 'reallocate':
      return { address: exactAddress(event), size: event.size, old_address: exactOldAddress(event), old_size: event.oldSize };
    case 'free':
      return { size: event.keep };
    default:
      return {};
  }
}

/** Returns the name of the innermost function of an event's call stack. */
function functionOf(trace: Trace, index: number, event: TraceEvent): string | undefined {
  const stack = 'stack' in event ? event.stack : undefined;
  const innermost = stack === undefined ? undefined : trace.segmentOf(index)?.stacks.at(stack, index);
  return innermost && trace.nameAt(index, innermost.name);
}
