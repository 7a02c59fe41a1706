import { type Expression, parseExpression } from '../../../engine/core/expressions/expression.ts';
import { UserError } from '../../../engine/core/user-error.ts';
import { evaluate } from '../expressions/evaluate.ts';
import type { Value } from '../values/value.ts';

/** A log point's message: text with expressions in braces, such as `{size} bytes at {address}`. */
export type LogMessage = readonly (string | Expression)[];

/** Parses a message. @throws UserError if an expression cannot be parsed. */
export function parseLogMessage(text: string): LogMessage {
  return text.split(/\{([^{}]*)\}/).map((part, index) => (index % 2 === 0 ? part : parseExpression(part)));
}

/** Returns the message at a step. An expression that cannot be evaluated is replaced by the reason. */
export function writeLogMessage(message: LogMessage, root: Value): string {
  return message.map((part) => (typeof part === 'string' ? part : textOf(part, root))).join('');
}

function textOf(expression: Expression, root: Value): string {
  try {
    return evaluate(expression, root).text;
  } catch (error) {
    if (error instanceof UserError) return `(${error.message})`;
    throw error;
  }
}
