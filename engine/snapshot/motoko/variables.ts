import { Budget } from '../../core/budget.ts';
import type { AddressRange, ReadableMemory } from '../../core/memory/memory.ts';
import { readGraphCopy } from '../../motoko/graph-copy.ts';
import { TypedHeap } from '../../motoko/heap/typed.ts';
import { findVariables, type MotokoProgram } from '../../motoko/heap/variables.ts';
import type { StableVariables } from '../../motoko/stable-variables/inspect.ts';
import { idOf, KNOWN_NAMES } from '../../motoko/stable-variables/names.ts';
import { nameOfHash, textOfStable } from '../../motoko/stable-variables/text.ts';
import type { FieldNames } from '../../values/codecs/candid.ts';
import type { Layout } from '../layout/layout.ts';
import { HeapValue } from './heap-value.ts';

/** A stable variable of a canister. */
export interface ShownVariable {
  /** The Candid hash of its name. */
  readonly id: number;
  /** Its name; where that is not known, the hash in Candid's form. */
  readonly name: string;
  /** Its value as text, cut; undefined where only its type is known. */
  readonly text: string | undefined;
  readonly type: string | undefined;
  /** Its bytes in the image, where they are contiguous. */
  readonly at: AddressRange | undefined;
  /** Its value on the heap, to read its items, where it is there. */
  readonly value?: HeapValue;
}

/** Stable variables of the program, from a snapshot's main memory. */
export interface RunningVariables {
  readonly variables: readonly ShownVariable[];
  /** Reason why they could not be read: a sentence. */
  readonly problem: string | undefined;
}

/** Maximum steps through the lists of all variables together, when their texts are made. */
const MAX_LIST_STEPS = 4_000_000;
const MAX_CHARACTERS = 200;

/**
 * Returns the variables of a running program from its main memory. Without it, or where it cannot be read, only their types are
 * known.
 */
export function runningVariables(program: MotokoProgram, wasmMemory: ReadableMemory | undefined): RunningVariables {
  const found = wasmMemory && findVariables(wasmMemory, program);
  if (found === undefined || typeof found === 'string') {
    const variables = program.signature.variables.map(({ name, text }) => ({
      ...named(name),
      text: undefined,
      type: text,
      at: undefined,
    }));
    return { variables, problem: found };
  }
  const typed = new TypedHeap(found.heap, program.signature);
  const budget = new Budget({ steps: MAX_LIST_STEPS });
  const variables = found.variables.map(({ name, text: type, value }): ShownVariable => {
    const shown = new HeapValue(typed, value);
    return { ...named(name), text: shown.text(MAX_CHARACTERS, budget), type, at: undefined, value: shown };
  });
  return { variables, problem: undefined };
}

function named(name: string): Pick<ShownVariable, 'id' | 'name'> {
  return { id: idOf(name), name };
}

/** Returns the variables that were read from an image with classical persistence. */
export function variablesOf({ variables, names }: StableVariables): readonly ShownVariable[] {
  return variables.map(({ id, value }) => ({
    id,
    name: nameOfHash(id, names),
    text: textOfStable(value, names),
    type: undefined,
    at: value && { start: value.start, length: value.length },
  }));
}

/** Returns the variables that are named in the types of a stored heap. */
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
