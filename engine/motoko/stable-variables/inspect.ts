import { Budget } from '../../core/budget.ts';
import type { Report } from '../../core/findings.ts';
import { formatBytes } from '../../core/format.ts';
import { type AddressRange, type ReadableMemory, readBytes } from '../../core/memory/memory.ts';
import type { FieldNames } from '../../values/codecs/candid.ts';
import { decodeStable } from './decode.ts';
import { KNOWN_NAMES } from './names.ts';
import type { StableValue } from './value.ts';

/** A stable variable of the canister. */
interface StableVariable {
  /** The Candid hash of its name. */
  readonly id: number;
  readonly name: string | undefined;
  /** Undefined if only the next version of the program has it. */
  readonly value: StableValue | undefined;
}

export interface StableVariables {
  /** In the order of their hashes. If not all could be read, the last one may be incomplete. */
  readonly variables: readonly StableVariable[];
  /** Names of fields and tags, by hash. */
  readonly names: FieldNames;
  /** The reason why not all were read, although no error was found. */
  readonly cutShort: string | undefined;
}

export interface ReadingOptions {
  /** Names of the canister's own fields and variables, in addition to the well-known ones. */
  readonly names?: FieldNames;
  readonly budget?: Budget;
}

/** Maximum bytes that are held in memory at once. */
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
    // An error shows up later than it occurs, so any byte may be wrong.
    const message = `The stable variables cannot be read to their end, so an upgrade with this image traps. ${problem}`;
    report({ code: 'stable-variables.undecodable', memory: image, at: span, message });
  }
  const tooLong = `The stable variables have ${formatBytes(span.length)}. Only the first ${formatBytes(length)} were read.`;
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
