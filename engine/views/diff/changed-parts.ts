import type { ValuePart } from '../../values/codec.ts';
import { composedOf } from '../../values/text-fields.ts';
import type { DecodedSide } from '../entries.ts';

/** A part of a value that differs. A missing side: the value does not have it. */
export interface ChangedPart {
  /** Its name, from the outside in: `.name`, `.tags[2]`. */
  readonly part: string;
  readonly before?: string;
  readonly after?: string;
}

/**
 * Returns the parts of two values that differ, by their names: as the encoding names them, otherwise the members in the text.
 * Empty for values without parts.
 */
export function changedParts(before: DecodedSide, after: DecodedSide): readonly ChangedPart[] {
  const areNamed = before.parts.length > 1 || after.parts.length > 1;
  const [old, now] = [before, after].map((side) => (areNamed ? byName(side.parts) : membersOf(side.text)));
  if (old === undefined || now === undefined) return [];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((part) => {
    const [was, is] = [old.get(part), now.get(part)];
    if (was === is) return [];
    return [{ part, ...(was !== undefined && { before: was }), ...(is !== undefined && { after: is }) }];
  });
}

/** Returns the texts of parts by name. Of several with one name, all but the first get a number. */
function byName(parts: readonly ValuePart[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const { label, text } of parts) {
    let name = label;
    for (let number = 2; texts.has(name); number += 1) name = `${label} (${number})`;
    texts.set(name, text);
  }
  return texts;
}

/** Returns the members of a composed value in the names that the encodings use; undefined for a single value. */
function membersOf(text: string): ReadonlyMap<string, string> | undefined {
  const composed = composedOf(text);
  const nameOf = (name: string): string => (composed?.kind === 'record' ? `.${name}` : `[${name}]`);
  return composed && new Map(composed.fields.map((field) => [nameOf(field.name), field.text]));
}
