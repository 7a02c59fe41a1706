/** Questions in the console about what happened: `last-write memory 3:0x40`, `who 0x1234`, `diff 10 20`. */

import { UserError } from '../../../engine/core/user-error.ts';
import type { Timeline } from '../../../engine/trace/timeline.ts';
import type { Answer } from './answer.ts';
import { ConditionSearch } from './condition-search.ts';
import { diff } from './diff.ts';
import { freeList } from './free-list.ts';
import { blockHistory } from './history.ts';
import { nearestTouch, TOUCH_WORDS } from './nearest.ts';
import { whereFrom } from './origin.ts';
import { rangeOf } from './places.ts';
import { whoWrote } from './who.ts';
import { writesOf } from './writes.ts';

/** The text that a command takes after its name. */
export type CommandArgument = 'place' | 'condition' | 'steps' | 'allocator';

interface Command {
  readonly takes: CommandArgument;
  /** Returns the answer, or a search that takes longer. @throws UserError if the text after the name is wrong */
  readonly answer: (text: string, timeline: Timeline) => Answer | ConditionSearch;
}

const NEAREST = (['last', 'next'] as const).flatMap((which) =>
  TOUCH_WORDS.map((word): [string, Command] => [
    `${which}-${word}`,
    {
      takes: 'place',
      answer: (text, timeline) => nearestTouch(which === 'last' ? 'backward' : 'forward', word, text, timeline),
    },
  ]),
);

/** The commands by name. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ...NEAREST,
  ['who', { takes: 'place', answer: whoWrote }],
  ['history', { takes: 'place', answer: blockHistory }],
  ['origin', { takes: 'place', answer: whereFrom }],
  ['free-list', { takes: 'allocator', answer: freeList }],
  ['diff', { takes: 'steps', answer: diff }],
  ['first', { takes: 'condition', answer: (text, timeline) => new ConditionSearch(text, 'forward', timeline) }],
  ['last', { takes: 'condition', answer: (text, timeline) => new ConditionSearch(text, 'backward', timeline) }],
]);

/** Commands that are complete without anything after their name. */
const ALONE: readonly string[] = ['free-list'];

const COMMAND = /^\s*([a-z]+(?:-[a-z]+)?)(?:\s+(\S.*?))?\s*$/is;
const WRITES = /^\s*writes\s*\(\s*(.*?)\s*(?:,\s*(\d+)\s*)?\)\s*$/is;

/**
 * Returns the answer to a command, or a search for it. Returns undefined if the text is not a command. @throws UserError if its argument
 * is wrong
 */
export function answer(text: string, timeline: Timeline): Answer | ConditionSearch | undefined {
  const [, place, bytes] = WRITES.exec(text) ?? [];
  if (place !== undefined) return writesAnswer(place, bytes, timeline);
  const [, name = '', argument] = COMMAND.exec(text) ?? [];
  const command = COMMANDS.get(name.toLowerCase());
  if (!command) return undefined;
  if (argument !== undefined) return command.answer(argument, timeline);
  return ALONE.includes(name.toLowerCase()) ? command.answer('', timeline) : undefined;
}

function writesAnswer(place: string, bytes: string | undefined, timeline: Timeline): Answer {
  const range = rangeOf(place, timeline);
  const length = bytes === undefined ? range.length : Number(bytes);
  if (length < 1)
    throw new UserError('input', 'writes( ) takes a place and a number of bytes, such as writes(memory 0:0x40, 8).');
  return writesOf({ ...range, length }, timeline);
}
