import { formatAddress, formatBytes, formatCount, formatCounted } from '../../engine/core/format.ts';
import { finish } from '../../engine/core/slices.ts';
import { compareTraces } from '../../engine/trace/analysis/compare-traces.ts';
import type { SpaceTotals, TraceTotals } from '../../engine/trace/analysis/trace-totals.ts';
import { identityAt } from '../../engine/trace/state/space-identity.ts';
import type { Trace } from '../../engine/trace/trace.ts';
import { eventTitle } from '../../servers/debug-adapter/values/event-values.ts';
import { messageAt, messageTitle } from '../../servers/debug-adapter/values/message-values.ts';
import { UNPACK_HELP, UNPACK_OPTIONS } from '../options/snapshot-options.ts';
import { print, printJson } from '../output.ts';
import type { Command } from './command.ts';
import { withTraceAt } from './trace.ts';

/** Maximum names of messages that are printed. With --json, all are. */
const MAX_NAMES = 10;

export const COMPARE_TRACES: Command = {
  name: 'compare-traces',
  about: 'compare two traces: the first step that differs, what each allocates, and per message',
  usage: 'A B [--unpack-limit SIZE] [--json]',
  more: `Steps are compared one by one, by what they do: the names of messages and call stacks do not matter.
A block is temporary if the message that allocated it freed it again.
${UNPACK_HELP}`,
  options: UNPACK_OPTIONS,
  run: (args) => {
    const [pathA = '', pathB = ''] = args.positionals;
    return withTraceAt(pathA, args, ({ trace: a }) =>
      withTraceAt(pathB, args, ({ trace: b }) => {
        const comparison = finish(compareTraces(a, b));
        const { firstDivergence: step } = comparison;
        const divergence = step === undefined ? undefined : { step, a: describeStep(a, step), b: describeStep(b, step) };
        const report = {
          schema: 'stable-memory/compare-traces/1',
          firstDivergence: divergence ?? null,
          a: comparison.a,
          b: comparison.b,
        };
        if (args.json) printJson(report);
        else printReport(comparison.a, comparison.b, divergence);
        return 0;
      }),
    );
  },
};

interface Divergence {
  readonly step: number;
  /** The event of each trace in words; null if it has no such step. */
  readonly a: string | null;
  readonly b: string | null;
}

/** Returns what a step does: `allocate 32 B → 0x37d0 in memory blocks of region 16, by update addMessage`. */
function describeStep(trace: Trace, step: number): string | null {
  if (step > trace.steps) return null;
  const index = trace.eventOf(step);
  const event = trace.at(index);
  const space = 'space' in event ? ` in ${identityAt(trace, index, event.space) ?? `space ${event.space}`}` : '';
  const message = messageAt(trace, step);
  return `${eventTitle(event)}${space}${message ? `, by ${messageTitle(message)}` : ''}`;
}

function printReport(a: TraceTotals, b: TraceTotals, divergence: Divergence | undefined): void {
  if (divergence === undefined) print('All steps are the same.');
  else {
    print(`The traces differ from step ${formatCount(divergence.step)} on.`);
    print(`  A: ${divergence.a ?? 'ends before it'}`);
    print(`  B: ${divergence.b ?? 'ends before it'}`);
  }
  const rows: Row[] = [['', 'A', 'B']];
  const line = (name: string, text: (totals: TraceTotals) => string): void => {
    rows.push([name, text(a), text(b)]);
  };
  line('steps', ({ steps }) => formatCount(steps));
  line('messages', ({ messages }) => formatCount(messages));
  const kinds = new Map([...Object.entries(a.events), ...Object.entries(b.events)]).keys();
  for (const kind of kinds) line(kind, ({ events }) => formatCount(new Map(Object.entries(events)).get(kind) ?? 0));
  line('allocated', ({ allocated }) => `${formatCounted(allocated.blocks, 'block')}, ${formatBytes(allocated.bytes)}`);
  line('temporary', ({ allocated }) => formatCounted(allocated.temporary, 'block'));
  for (const space of new Set([...a.spaces, ...b.spaces].map((used) => used.space))) {
    const used = (totals: TraceTotals): SpaceTotals | undefined => totals.spaces.find((one) => one.space === space);
    line(`${space}: size`, (totals) => formatAddress(used(totals)?.size ?? 0));
    line(`${space}: most live`, (totals) => describeHighWater(used(totals)));
  }
  const names = new Set([...a.byMessage, ...b.byMessage].map(({ name }) => name));
  for (const name of [...names].slice(0, MAX_NAMES)) line(name, (totals) => describeMessages(totals, name));
  printTable(rows);
  if (names.size > MAX_NAMES) print(`… and ${formatCounted(names.size - MAX_NAMES, 'other name')} of messages. --json has all.`);
}

type Row = readonly [string, string, string];

/** Prints rows as aligned columns. */
function printTable(rows: readonly Row[]): void {
  const widthOf = (column: 0 | 1): number => Math.max(...rows.map((row) => row[column].length));
  const [first, second] = [widthOf(0), widthOf(1)];
  for (const [name, a, b] of rows) print(`${name.padEnd(first)}  ${a.padEnd(second)}  ${b}`);
}

function describeHighWater(space: SpaceTotals | undefined): string {
  if (space === undefined) return 'nothing';
  const { bytes, blocks, step } = space.highWater;
  return `${formatBytes(bytes)} in ${formatCounted(blocks, 'block')} at step ${formatCount(step)}`;
}

function describeMessages({ byMessage }: TraceTotals, name: string): string {
  const totals = byMessage.find((one) => one.name === name);
  if (totals === undefined) return 'nothing';
  const { messages, blocks, bytes, temporary } = totals;
  const allocated = `${formatCounted(blocks, 'block')} (${formatCount(temporary)} temporary), ${formatBytes(bytes)}`;
  return messages === 0 ? allocated : `${formatCounted(messages, 'message')}: ${allocated}`;
}
