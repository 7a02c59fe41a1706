import type { ReadableMemory, Span } from '../memory/memory.ts';
import { readGraphCopy } from '../motoko/graph-copy.ts';
import type { StableVariables } from '../motoko/stable-variables/inspect.ts';
import { KNOWN_NAMES } from '../motoko/stable-variables/names.ts';
import { nameOfHash, textOfStable } from '../motoko/stable-variables/text.ts';
import type { FieldNames } from '../values/candid.ts';
import type { Layout } from './layout.ts';

/** A stable variable of a canister before an upgrade. */
export interface ShownVariable {
  /** The Candid hash of its name. */
  readonly id: number;
  /** Its name; the hash in Candid's form where nobody knows it. */
  readonly name: string;
  /** What it says, cut; undefined where only its type is told. */
  readonly text: string | undefined;
  readonly type: string | undefined;
  /** Its bytes in the image, where it lies in one run. */
  readonly at: Span | undefined;
}

/** Those that were read from an image of classical persistence. */
export function variablesOf({ variables, names }: StableVariables): readonly ShownVariable[] {
  return variables.map(({ id, value }) => ({
    id,
    name: nameOfHash(id, names),
    text: textOfStable(value, names),
    type: undefined,
    at: value && { start: value.start, length: value.length },
  }));
}

/** Those that the types of a stored heap name. */
export function variablesInHeapOf(image: ReadableMemory, layout: Layout, names: FieldNames): readonly ShownVariable[] {
  const trailer = 'trailer' in layout ? layout.trailer : undefined;
  const copy = trailer && readGraphCopy(image, trailer);
  const known = new Map([...KNOWN_NAMES, ...names]);
  return (copy?.variables ?? []).map(({ id, type }) => ({
    id,
    name: nameOfHash(id, known),
    text: undefined,
    type,
    at: undefined,
  }));
}
