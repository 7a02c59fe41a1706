import { type CandidType, primitiveOf, type TypeReference, type TypeTable } from '../../engine/values/codecs/candid-types.ts';

/**
 * Returns an interface with a method `value` that takes the types of a value, so that a text is encoded as these types. Undefined for types
 * that a type table does not keep.
 */
export function interfaceOf({ types, args }: TypeTable): string | undefined {
  if (types.some(({ kind }) => kind === 'func' || kind === 'service')) return undefined;
  const definitions = types.map((type, index) => `type T${index} = ${typeText(type)};`);
  return `${definitions.join('\n')}\nservice : { value : (${args.map(referenceText).join(', ')}) -> () }`;
}

function typeText(type: CandidType): string {
  if (type.kind === 'opt' || type.kind === 'vec') return `${type.kind} ${referenceText(type.of)}`;
  if (type.kind !== 'record' && type.kind !== 'variant') return 'reserved';
  return `${type.kind} { ${type.fields.map(({ id, type: of }) => `${id} : ${referenceText(of)}`).join('; ')} }`;
}

function referenceText(reference: TypeReference): string {
  return primitiveOf(reference) ?? `T${reference}`;
}
