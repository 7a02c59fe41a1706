import type { DebugProtocol } from '@vscode/debugprotocol';
import { isAllocator } from '../../../engine/trace/state/allocation-state.ts';
import type { Timeline } from '../../../engine/trace/timeline.ts';
import { COMMANDS, type CommandArgument } from './commands.ts';

const ARGUMENT = /^\s*(?:([a-z]+(?:-[a-z]+)?)\s+|(writes)\s*\(\s*)(.*)$/is;

/**
 * Returns what completes the argument of a command, such as the memories of the trace. Returns undefined if the text is not a command
 * with the beginning of an argument, or if the argument is an expression.
 */
export function completeArgument(text: string, timeline: Timeline): DebugProtocol.CompletionItem[] | undefined {
  const [, name, table, begun = ''] = ARGUMENT.exec(text) ?? [];
  const takes = table === undefined ? COMMANDS.get(name?.toLowerCase() ?? '')?.takes : 'place';
  if (takes === undefined || takes === 'condition') return undefined;
  return choices(takes, timeline)
    .filter((choice) => choice.startsWith(begun))
    .map((label) => ({ label, start: text.length - begun.length, length: begun.length }));
}

function choices(takes: Exclude<CommandArgument, 'condition'>, timeline: Timeline): readonly string[] {
  switch (takes) {
    case 'place': {
      const spaces = timeline.spaces.flatMap(({ params }) =>
        ['memory', 'region'].flatMap((kind) => (params[kind] === undefined ? [] : `${kind} ${params[kind]}:0x`)),
      );
      return [...new Set([...spaces, '0x'])];
    }
    case 'allocator':
      return timeline.spaces.filter(isAllocator).map((state) => state.name);
    case 'steps':
      return [];
  }
}
