import type { DebugProtocol } from '@vscode/debugprotocol';
import { UserError } from '../../../engine/core/user-error.ts';
import type { Timeline } from '../../../engine/trace/timeline.ts';
import { StepScope } from '../values/step-scope.ts';
import { evaluate } from './evaluate.ts';
import { parseExpression } from './expression.ts';

/** Returns the names that complete an expression at the caret. `column` counts from 0. */
export function complete(text: string, column: number, timeline: Timeline): DebugProtocol.CompletionItem[] {
  const [, path = '', word = ''] = /([A-Za-z_][\w.[\]()#]*\.)?(\w*)$/.exec(text.slice(0, column)) ?? [];
  const names = namesAfter(path.slice(0, -1), timeline);
  return names
    .filter((name) => name.startsWith(word))
    .map((label) => ({ label, type: 'property', start: column - word.length, length: word.length }));
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
