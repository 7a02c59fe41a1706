import { Budget } from '../../core/budget.ts';
import type { Report } from '../../core/findings.ts';
import { formatBytes } from '../../core/format.ts';
import { type AddressRange, type ReadableMemory, readBytes } from '../../core/memory/memory.ts';
import type { FieldNames } from '../../values/codecs/candid.ts';
import { decodeStable } from './decode.ts';
import { KNOWN_NAMES } from './names.ts';
import type { StableValue } from './value.ts';

/** A variable of the canister's. */
export interface StableVariable {
  /** The Candid hash of its name. */
  readonly id: number;
  readonly name: string | undefined;
  /** Undefined where the next version of the program has it and this one has not. */
  readonly value: StableValue | undefined;
}

export interface StableVariables {
  /** In the order of their hashes. Where not all could be read, the last one may be in part. */
  readonly variables: readonly StableVariable[];
  /** What fields and tags are called, by hash. */
  readonly names: FieldNames;
  /** Why not all were read although nothing is known to be wrong with them. */
  readonly cutShort: string | undefined;
}

export interface ReadingOptions {
  /** Names of the canister's own fields and variables, besides those that are known. */
  readonly names?: FieldNames;
  readonly budget?: Budget;
}

/** More is not held in memory at once. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_VALUES = 1_000_000;

/** Reads the stable variables that are in `span` of an image. */
export function readStableVariables(
  image: ReadableMemory,
  span: AddressRange,
  report: Report,
  { names = new Map(), budget = new Budget({ steps: MAX_VALUES }) }: ReadingOptions = {},
): StableVariables {
  const allNames = new Map([...KNOWN_NAMES, ...names]);
  const length = Math.min(span.length, MAX_BYTES);
  if (!budget.spend(length)) return { variables: [], names: allNames, cutShort: budget.cutShort };
  const { value, problem } = decodeStable(readBytes(image, span.start, length), span.start, budget);
  const isCut = length < span.length;
  if (problem !== undefined && !isCut) {
    // What is wrong shows later than where it is: any byte may be the one.
    const message = `The stable variables cannot be read to their end, so that an upgrade with this image traps. ${problem}`;
    report({ code: 'stable-variables.undecodable', memory: image, at: span, message });
  }
  const tooLong = `Of the stable variables, ${formatBytes(span.length)}, the first ${formatBytes(length)} were read.`;
  return {
    variables: variablesOf(value, allNames),
    names: allNames,
    cutShort: isCut ? tooLong : budget.cutShort,
  };
}

function variablesOf(value: StableValue | undefined, names: FieldNames): StableVariable[] {
  if (value?.kind !== 'record') return [];
  const variables: StableVariable[] = [];
  for (const [index, item] of value.items.entries()) {
    const id = value.fields[index]?.id;
    if (id !== undefined) variables.push({ id, name: names.get(id), value: item.kind === 'opt' ? item.items[0] : item });
  }
  return variables;
}
