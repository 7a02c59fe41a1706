import { cut } from '../../../core/format.ts';
import type { FieldNames } from '../../codecs/candid.ts';
import { primitiveOf, type TypeReference, type TypeTable } from '../../codecs/candid-types.ts';

/** Types that values are decoded as, in the form of a type table. `args` are the types of the values of a message. */
export interface CandidSchema extends TypeTable {
  readonly names: FieldNames;
  /** Names of the types that are defined by name. */
  readonly defined: ReadonlyMap<TypeReference, string>;
}

const MAX_TEXT = 80;
/** Maximum nesting of types in a text. Deeper ones are left out. */
const MAX_DEPTH = 3;

/** Returns a type as text, in short. */
export function typeText(
  table: TypeTable,
  reference: TypeReference,
  names: FieldNames,
  defined?: CandidSchema['defined'],
): string {
  return cut(textOf(reference, 0), MAX_TEXT);

  function textOf(one: TypeReference, depth: number): string {
    const primitive = primitiveOf(one);
    if (primitive !== undefined) return primitive;
    const name = defined?.get(one);
    if (name !== undefined) return name;
    const type = table.types[one];
    if (type === undefined || depth === MAX_DEPTH) return '…';
    switch (type.kind) {
      case 'opt':
        return `opt ${textOf(type.of, depth + 1)}`;
      case 'vec':
        return primitiveOf(type.of) === 'nat8' ? 'blob' : `vec ${textOf(type.of, depth + 1)}`;
      case 'func':
      case 'service':
        return type.kind;
      default: {
        const shown = type.fields.slice(0, 8).map(({ id, type: of }) => {
          const label = fieldName(names, id);
          return type.kind === 'variant' && primitiveOf(of) === 'null' ? label : `${label} : ${textOf(of, depth + 1)}`;
        });
        return shown.length === 0 ? `${type.kind} {}` : `${type.kind} { ${shown.join('; ')} }`;
      }
    }
  }
}

/** Returns the name of a field, or its number if the name is not known. */
export function fieldName(names: FieldNames, id: number): string {
  const name = names.get(id);
  if (name === undefined) return String(id);
  return /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
}
