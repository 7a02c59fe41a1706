/** Questions in the console about the blocks of the whole trace: `high-water`, `alive`, `short-lived`, `pages`. */
import { formatBytes, formatCount, formatCounted, isOrAre, wasOrWere } from '../../../engine/core/format.ts';
import { finishInSlices } from '../../../engine/core/slices.ts';
import { UserError } from '../../../engine/core/user-error.ts';
import {
  aliveAtEnd,
  type BlockGroup,
  highWaterMark,
  messageLabel,
  shortLivedBlocks,
  stackLabel,
} from '../../../engine/trace/analysis/lifetimes/block-questions.ts';
import type { SpaceLife } from '../../../engine/trace/analysis/lifetimes/space-life.ts';
import type { Trace } from '../../../engine/trace/trace.ts';
import { TimelineData } from '../../../engine/views/timeline/timeline-data.ts';

/** Maximum lines of an answer about one allocator. */
const MAX_LINES = 20;

export const LIFETIME_HELP = [
  'high-water says when most bytes were live. alive lists the blocks that are live at the end by message; alive by stack, by call stack.',
  'short-lived lists the blocks that their own message freed again; short-lived 100, those freed within 100 steps.',
  'pages lists the messages that write most pages of 4 KiB, the unit in which the Internet Computer counts.',
] as const;

const QUESTIONS = {
  'high-water': highWater,
  alive,
  'short-lived': shortLived,
  pages,
} as const satisfies Record<string, (data: TimelineData, rest: string) => Promise<string>>;

/** The commands, for completion. */
export const LIFETIME_COMMANDS: readonly string[] = Object.keys(QUESTIONS);

/**
 * Returns the answer to a question about the blocks of the whole trace; undefined if the text is none. The first answer reads the
 * trace, in slices. Rejects with a UserError if the question cannot be answered.
 */
export function answerAboutLifetimes(text: string, trace: Trace): Promise<string> | undefined {
  const [, word = '', rest = ''] = /^\s*(\S+)(?:\s+(.*?))?\s*$/.exec(text) ?? [];
  const name = word.toLowerCase();
  return isQuestion(name) ? QUESTIONS[name](TimelineData.of(trace), rest) : undefined;
}

function isQuestion(name: string): name is keyof typeof QUESTIONS {
  return Object.hasOwn(QUESTIONS, name);
}

async function highWater(data: TimelineData, rest: string): Promise<string> {
  expectNothing('high-water', rest);
  const { steps } = await data.lifetimes();
  return ofEachAllocator(data, async ({ identity, records }) => {
    const { step, bytes, blocks } = await finishInSlices(highWaterMark(records, steps));
    const live = `${formatBytes(bytes)} in ${formatCounted(blocks, 'block')}`;
    return [`${identity}: at most ${live} ${wasOrWere(blocks)} live, at step ${formatCount(step)}.`];
  });
}

async function alive(data: TimelineData, rest: string): Promise<string> {
  const by = /^(?:by\s+)?(message|stack)?$/i.exec(rest)?.[1]?.toLowerCase();
  if (by === undefined && rest !== '') throw new UserError('input', 'Write alive, alive by message, or alive by stack.');
  const { paths } = await data.lifetimes();
  return ofEachAllocator(data, async ({ identity, records }) => {
    const label = by === 'stack' ? stackLabel(records, paths) : messageLabel(records, data.messageNames);
    const groups = await finishInSlices(aliveAtEnd(records, label));
    const blocks = groups.reduce((sum, group) => sum + group.blocks, 0);
    const bytes = groups.reduce((sum, group) => sum + group.bytes, 0);
    const head = `${identity}: ${formatCounted(blocks, 'block')} (${formatBytes(bytes)}) ${isOrAre(blocks)} live at the end.`;
    return [head, ...linesOf(groups)];
  });
}

async function shortLived(data: TimelineData, rest: string): Promise<string> {
  if (rest !== '' && !/^\d[\d_,]*$/.test(rest))
    throw new UserError('input', 'Write short-lived, or short-lived 100 for a number of steps.');
  const within = rest === '' ? undefined : Number(rest.replaceAll(/[_,]/g, ''));
  return ofEachAllocator(data, async ({ identity, records }) => {
    const { blocks, bytes, all, byMessage } = await finishInSlices(
      shortLivedBlocks(data.trace, records, data.messageNames, within),
    );
    const of = `${formatCount(blocks)} of ${formatCounted(all, 'block')} (${formatBytes(bytes)}) ${wasOrWere(blocks)} freed`;
    const when = within === undefined ? 'by the message that allocated them' : `within ${formatCounted(within, 'step')}`;
    return [`${identity}: ${of} ${when}.`, ...linesOf(byMessage)];
  });
}

async function pages(data: TimelineData, rest: string): Promise<string> {
  expectNothing('pages', rest);
  const written = await data.writtenPages();
  if (written.count === 0) return 'No message of this trace writes to a memory.';
  const head = `${formatCounted(written.count, 'message')} of this trace ${written.count === 1 ? 'writes' : 'write'} to a memory. Most pages of 4 KiB:`;
  const lines = written.most(MAX_LINES).map(({ message, from, to, pages: count }) => {
    const name = data.messageNames.nameOf(data.messageNames.numberOf(message));
    const steps = from >= to ? `step ${formatCount(to)}` : `steps ${formatCount(from)} to ${formatCount(to)}`;
    return `  ${formatCounted(count, 'page')}  ${name}, ${steps}`;
  });
  return [head, ...lines].join('\n');
}

/** Joins what is said about each allocator of the trace. */
async function ofEachAllocator(data: TimelineData, describe: (life: SpaceLife) => Promise<readonly string[]>): Promise<string> {
  const { spaces, cutShort } = await data.lifetimes();
  const lines: string[] = [];
  for (const life of spaces) if (life.records.count > 0) lines.push(...(await describe(life)));
  if (lines.length === 0) return 'This trace allocates no blocks.';
  return [...lines, ...(cutShort === undefined ? [] : [cutShort])].join('\n');
}

function linesOf(groups: readonly BlockGroup[]): readonly string[] {
  const lines = groups
    .slice(0, MAX_LINES)
    .map(({ label, blocks, bytes }) => `  ${formatCounted(blocks, 'block')}, ${formatBytes(bytes)}  ${label}`);
  const others = groups.length - MAX_LINES;
  return others > 0 ? [...lines, `  … and ${formatCounted(others, 'other')}`] : lines;
}

function expectNothing(command: string, rest: string): void {
  if (rest !== '') throw new UserError('input', `Write ${command} alone.`);
}
