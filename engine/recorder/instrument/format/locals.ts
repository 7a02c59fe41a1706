import type { Reader } from './reader.ts';

/** The local variables of a function, without its parameters. */
export interface Locals {
  /** The number of groups of variables with one type. */
  readonly groups: number;
  readonly variables: number;
  /** The place of the first group. The reader is after the last one. */
  readonly start: number;
}

/** @throws {Refusal} if they are damaged. */
export function readLocals(body: Reader): Locals {
  const groups = body.index();
  const start = body.position;
  let variables = 0;
  for (let left = groups; left > 0; left--) {
    variables += body.index();
    body.skip(1);
  }
  return { groups, variables, start };
}
