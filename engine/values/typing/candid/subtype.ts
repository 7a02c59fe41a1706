/** Candid's relation between types of references (Candid specification, "Subtyping"). Values of other types need no more than their bytes. */
import { type CandidField, primitiveOf, type TypeReference, type TypeTable } from '../../codecs/candid-types.ts';

interface Side {
  readonly table: TypeTable;
  readonly type: TypeReference;
}

interface Pair {
  readonly sub: Side;
  readonly of: Side;
}

/** Maximum pairs of types that are compared. */
const MAX_PAIRS = 100_000;

/** Returns whether all values of one type can be decoded as another. Each type has its own table. */
export function isSubtype(sub: Side, of: Side): boolean {
  const pending: Pair[] = [{ sub, of }];
  const assumed = new Set<string>();
  for (let pair = pending.pop(), count = 0; pair !== undefined; pair = pending.pop(), count += 1) {
    if (count > MAX_PAIRS) return false;
    // Inside of functions the sides change places.
    const key = `${pair.sub.table === sub.table} ${pair.sub.type} ${pair.of.type}`;
    // A recursive type is a subtype if nothing contradicts it.
    if (assumed.has(key)) continue;
    assumed.add(key);
    const inner = compare(pair);
    if (inner === undefined) return false;
    pending.push(...inner);
  }
  return true;
}

/** Returns the pairs on which a pair depends, or undefined if it is not one of a subtype. */
function compare({ sub, of }: Pair): readonly Pair[] | undefined {
  const [a, b] = [primitiveOf(sub.type), primitiveOf(of.type)];
  const [from, to] = [sub.table.types[sub.type], of.table.types[of.type]];
  if (b === 'reserved' || a === 'empty' || to?.kind === 'opt') return [];
  if (a !== undefined && b !== undefined) return a === b || (a === 'nat' && b === 'int') ? [] : undefined;
  if (from?.kind === 'service' && b === 'principal') return [];
  if (from === undefined || to === undefined) return undefined;
  const pair = (one: TypeReference, other: TypeReference): Pair => ({
    sub: { table: sub.table, type: one },
    of: { table: of.table, type: other },
  });
  if (from.kind === 'vec' && to.kind === 'vec') return [pair(from.of, to.of)];
  if (from.kind === 'record' && to.kind === 'record') return fieldPairs(sub.table, from.fields, of.table, to.fields);
  if (from.kind === 'variant' && to.kind === 'variant') {
    const known = new Map(to.fields.map(({ id, type }) => [id, type]));
    return all(from.fields, ({ id, type }) => {
      const other = known.get(id);
      return other === undefined ? undefined : pair(type, other);
    });
  }
  if (from.kind === 'service' && to.kind === 'service') {
    const known = new Map(from.methods.map(({ name, type }) => [name, type]));
    return all(to.methods, ({ name, type }) => {
      const own = known.get(name);
      return own === undefined ? undefined : pair(own, type);
    });
  }
  if (from.kind !== 'func' || to.kind !== 'func') return undefined;
  if (from.modes.toSorted().join() !== to.modes.toSorted().join()) return undefined;
  const args = fieldPairs(of.table, fieldsOf(to.args), sub.table, fieldsOf(from.args));
  const results = fieldPairs(sub.table, fieldsOf(from.results), of.table, fieldsOf(to.results));
  return args && results && [...args, ...results];
}

/** Returns the pairs of the fields of two records, or undefined if one is missing. */
function fieldPairs(subTable: TypeTable, from: readonly CandidField[], table: TypeTable, to: readonly CandidField[]) {
  const known = new Map(from.map(({ id, type }) => [id, type]));
  const needed = to.filter(({ id, type }) => known.has(id) || !mayBeAbsent(table, type));
  return all(needed, ({ id, type }): Pair | undefined => {
    const own = known.get(id);
    return own === undefined ? undefined : { sub: { table: subTable, type: own }, of: { table, type } };
  });
}

function fieldsOf(types: readonly TypeReference[]): readonly CandidField[] {
  return types.map((type, id) => ({ id, type }));
}

/** Returns whether a record without a field of this type has a value for it. */
export function mayBeAbsent({ types }: TypeTable, type: TypeReference): boolean {
  const primitive = primitiveOf(type);
  return primitive === 'null' || primitive === 'reserved' || types[type]?.kind === 'opt';
}

function all<From, To>(items: readonly From[], convert: (item: From) => To | undefined): readonly To[] | undefined {
  const results: To[] = [];
  for (const item of items) {
    const result = convert(item);
    if (result === undefined) return undefined;
    results.push(result);
  }
  return results;
}
