import type { DebugProtocol } from '@vscode/debugprotocol';
import { parseExpression } from '../../../engine/core/expressions/expression.ts';
import { UserError } from '../../../engine/core/user-error.ts';
import type { Timeline } from '../../../engine/trace/timeline.ts';
import { COMMANDS } from '../questions/commands.ts';
import { completeArgument } from '../questions/complete-argument.ts';
import { LIFETIME_COMMANDS } from '../questions/lifetime-commands.ts';
import { StepScope } from '../values/step-scope.ts';
import { evaluate } from './evaluate.ts';

/** Commands that are not questions about an address. */
const OTHER_COMMANDS: readonly string[] = ['goto', 'log', 'help'];

/** Returns the commands and names that complete a text at the caret. `column` counts from 0. */
export function complete(text: string, column: number, timeline: Timeline): DebugProtocol.CompletionItem[] {
  const argument = completeArgument(text.slice(0, column), timeline);
  if (argument) return argument;
  const [, path = '', word = ''] = /([A-Za-z_][\w.[\]()#]*\.)?(\w*)$/.exec(text.slice(0, column)) ?? [];
  const [, begun] = /^\s*([a-z]+(?:-[a-z]*)?)$/.exec(text.slice(0, column)) ?? [];
  const all = [...COMMANDS.keys(), 'writes(', ...LIFETIME_COMMANDS, ...OTHER_COMMANDS];
  const commands = begun === undefined ? [] : all.filter((command) => command.startsWith(begun));
  const names = begun?.includes('-') === true ? [] : namesAfter(path.slice(0, -1), timeline);
  return [
    ...names
      .filter((name) => name.startsWith(word))
      .map((label) => ({ label, type: 'property' as const, start: column - word.length, length: word.length })),
    ...commands.map((label) => ({ label, start: column - (begun?.length ?? 0), length: begun?.length ?? 0 })),
  ];
}

function namesAfter(path: string, timeline: Timeline): readonly string[] {
  const root = new StepScope(timeline).root();
  try {
    const value = path === '' ? root : evaluate(parseExpression(path), root);
    return (value.fields?.() ?? []).map((field) => field.name);
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}
