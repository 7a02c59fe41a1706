import { evaluate } from '../expressions/evaluate.ts';
import { type Expression, parseExpression } from '../expressions/expression.ts';
import { Misfit, type Value } from '../values/value.ts';

/** A log point's message: text with expressions in braces, as `{size} bytes at {address}`. */
export type LogMessage = readonly (string | Expression)[];

/** @throws Misfit where an expression cannot be read. */
export function parseLogMessage(text: string): LogMessage {
  return text.split(/\{([^{}]*)\}/).map((part, index) => (index % 2 === 0 ? part : parseExpression(part)));
}

/** The message at a moment; an expression that does not fit there says why. */
export function writeLogMessage(message: LogMessage, root: Value): string {
  return message.map((part) => (typeof part === 'string' ? part : textOf(part, root))).join('');
}

function textOf(expression: Expression, root: Value): string {
  try {
    return evaluate(expression, root).text;
  } catch (error) {
    if (error instanceof Misfit) return `(${error.message})`;
    throw error;
  }
}
