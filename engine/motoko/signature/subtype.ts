/**
 * Compatibility of a variable's type before and after an upgrade, as Motoko's runtime and compiler decide it (`sub` and
 * `stable_sub` in src/mo_types/type.ml of moc): the old type must be a subtype of the new one. The runtime accepts that a new
 * record has fewer fields, and drops their data; the compiler refuses that, too.
 */
import { cut } from '../../core/format.ts';
import { printType } from './print.ts';
import { type BoundType, closed, type MotokoType, resolve, type StableSignature, type TypeField, within } from './types.ts';

/** The first difference between two types that an upgrade does not survive, or in which it loses data. */
export interface TypeBreak {
  /** `incompatible`: the upgrade is refused. `loss`: the runtime accepts it and drops data; newer compilers refuse it. */
  readonly kind: 'incompatible' | 'loss';
  /** Place inside the type: `.profile[].name`; empty for the type itself. */
  readonly path: string;
  /** The types at this place. Undefined where there is nothing. */
  readonly before: string;
  readonly after: string | undefined;
}

/** A type with the definitions that its names refer to. */
export interface TypeIn {
  readonly signature: StableSignature;
  readonly type: MotokoType;
}

interface Pair {
  readonly before: Side;
  readonly after: Side;
  readonly path: string;
}

interface Side {
  readonly signature: StableSignature;
  readonly bound: BoundType;
}

/** Maximum pairs of types that are compared. A hostile definition can grow forever. */
const MAX_PAIRS = 20_000;
const MAX_KEY = 4_096;
const MAX_TEXT = 120;

/** Returns what breaks when the type of a variable changes; undefined if the upgrade keeps its value. */
export function typeBreak(before: TypeIn, after: TypeIn): TypeBreak | undefined {
  const side = ({ signature, type }: TypeIn): Side => ({ signature, bound: closed(type) });
  const pending: Pair[] = [{ before: side(before), after: side(after), path: '' }];
  const assumed = new Set<string>();
  let loss: TypeBreak | undefined;
  for (let pair = pending.pop(), count = 0; pair !== undefined && count < MAX_PAIRS; pair = pending.pop(), count += 1) {
    const key = keyOfPair(pair);
    // A recursive type is compatible if nothing contradicts it.
    if (key !== undefined && (assumed.has(key) || key.length > MAX_KEY)) continue;
    if (key !== undefined) assumed.add(key);
    const result = compare(pair);
    if ('kind' in result) {
      if (result.kind === 'incompatible') return result;
      loss ??= result;
    } else pending.push(...[...result.pairs].reverse());
    if ('loss' in result) loss ??= result.loss;
  }
  return loss;
}

type Comparison = TypeBreak | { readonly pairs: readonly Pair[]; readonly loss?: TypeBreak | undefined };

const COMPATIBLE: Comparison = { pairs: [] };

function compare(pair: Pair): Comparison {
  const before = resolved(pair.before);
  const after = resolved(pair.after);
  const [a, b] = [before.bound.type, after.bound.type];
  const deeper = (from: MotokoType, to: MotokoType, step: string): Pair => ({
    before: { signature: before.signature, bound: within(before.bound, from) },
    after: { signature: after.signature, bound: within(after.bound, to) },
    path: pair.path + step,
  });
  const reversed = (one: Pair): Pair => ({ ...one, before: one.after, after: one.before });
  const both = (one: Pair): readonly Pair[] => [one, reversed(one)];
  const broken = (kind: TypeBreak['kind'] = 'incompatible'): TypeBreak => ({
    kind,
    path: pair.path,
    before: shortText(a),
    after: shortText(b),
  });
  if (a.kind === 'unknown' || b.kind === 'unknown' || isNamed(a, 'None')) return COMPATIBLE;
  if (isNamed(b, 'Any')) return isNamed(a, 'Any') ? COMPATIBLE : broken('loss');
  if (a.kind === 'primitive') {
    if (b.kind === 'option' && a.name === 'Null') return COMPATIBLE;
    if (b.kind !== 'primitive') return broken();
    return a.name === b.name || (a.name === 'Nat' && b.name === 'Int') ? COMPATIBLE : broken();
  }
  if ((a.kind === 'option' || a.kind === 'weak' || a.kind === 'async') && a.kind === b.kind)
    return { pairs: [deeper(a.of, b.of, a.kind === 'option' ? '?' : '')] };
  if (a.kind === 'array' && b.kind === 'array') {
    if (a.mutable !== b.mutable) return broken();
    const items = deeper(a.of, b.of, '[]');
    return { pairs: a.mutable ? both(items) : [items] };
  }
  if (a.kind === 'tuple' && b.kind === 'tuple') {
    if (a.items.length !== b.items.length) return broken();
    return { pairs: a.items.map((item, index) => deeper(item, b.items[index] ?? item, `.${index}`)) };
  }
  if (a.kind === 'function' && b.kind === 'function') {
    if (a.mode !== b.mode) return broken();
    return { pairs: [reversed(deeper(a.from, b.from, '()')), deeper(a.to, b.to, '->')] };
  }
  const [old, current] = [fieldsOf(before), fieldsOf(after)];
  if (old === undefined || current === undefined || old.kind !== current.kind) return broken();
  return old.kind === 'variant' ? tags(old.fields, current.fields) : fields(old.fields, current.fields);

  /** Compares variants: each old tag must still be there. */
  function tags(from: readonly BoundField[], to: readonly BoundField[]): Comparison {
    const known = byName(to);
    const pairs: Pair[] = [];
    for (const field of from) {
      const other = known.get(field.name);
      if (other === undefined)
        return { kind: 'incompatible', path: `${pair.path}#${field.name}`, before: shortText(field.type), after: undefined };
      pairs.push(fieldPair(field, other, `#${field.name}`));
    }
    return { pairs };
  }

  /** Compares records: each new field must have been there already. Old fields that are gone lose their data. */
  function fields(from: readonly BoundField[], to: readonly BoundField[]): Comparison {
    const known = byName(from);
    const pairs: Pair[] = [];
    for (const field of to) {
      const other = known.get(field.name);
      const path = `${pair.path}.${field.name}`;
      if (other === undefined) return { kind: 'incompatible', path, before: 'nothing', after: shortText(field.type) };
      if (other.mutable !== field.mutable)
        return { kind: 'incompatible', path, before: fieldText(other), after: fieldText(field) };
      const own = fieldPair(other, field, `.${field.name}`);
      pairs.push(...(field.mutable ? both(own) : [own]));
    }
    const kept = byName(to);
    const gone = from.find(({ name }) => !kept.has(name));
    if (gone === undefined) return { pairs };
    return { pairs, loss: { kind: 'loss', path: `${pair.path}.${gone.name}`, before: shortText(gone.type), after: undefined } };
  }

  function fieldPair(from: BoundField, to: BoundField, step: string): Pair {
    return { before: from.side, after: to.side, path: pair.path + step };
  }
}

function resolved({ signature, bound }: Side): Side {
  return { signature, bound: resolve(signature, bound) };
}

interface BoundField extends TypeField {
  readonly side: Side;
}

function byName(fields: readonly BoundField[]): ReadonlyMap<string, BoundField> {
  return new Map(fields.map((field) => [field.name, field]));
}

/** Maximum parts of a joined type that are read. */
const MAX_PARTS = 1_000;

/** Returns the fields of a record, variant or actor, also of one that is joined from several. */
function fieldsOf(
  side: Side,
): { readonly kind: 'record' | 'variant' | 'actor'; readonly fields: readonly BoundField[] } | undefined {
  const pending = [side.bound];
  const fields: BoundField[] = [];
  let kind: 'record' | 'variant' | 'actor' | undefined;
  for (let count = 0; pending.length > 0 && count < MAX_PARTS; count += 1) {
    const bound = resolve(side.signature, pending.pop() ?? side.bound);
    const { type } = bound;
    if (type.kind === 'joined') pending.push(...type.parts.map((part) => within(bound, part)));
    else if (type.kind === 'record' || type.kind === 'variant' || type.kind === 'actor') {
      kind = type.kind;
      for (const field of type.fields)
        fields.push({ ...field, side: { signature: side.signature, bound: within(bound, field.type) } });
    } else return undefined;
  }
  return kind && { kind, fields };
}

/** Returns a key of two types if one of them is defined by name: only these can lead back to themselves. */
function keyOfPair({ before, after }: Pair): string | undefined {
  const isEither = before.bound.type.kind === 'named' || after.bound.type.kind === 'named';
  return isEither ? `${keyOf(before.bound, 0)} <: ${keyOf(after.bound, 0)}` : undefined;
}

/** Maximum nesting of parameters that a key distinguishes. */
const MAX_NESTING = 16;

function keyOf({ type, bindings }: BoundType, depth: number): string {
  const text = printType(type);
  if (bindings.size === 0 || depth > MAX_NESTING) return text;
  const given = [...bindings].map(([name, bound]) => `${name} = ${keyOf(bound, depth + 1)}`);
  return `${text} where ${given.join(', ')}`.slice(0, MAX_KEY + 1);
}

function isNamed(type: MotokoType, name: 'Any' | 'None'): boolean {
  return type.kind === 'primitive' && type.name === name;
}

function fieldText({ mutable, type }: TypeField): string {
  return `${mutable ? 'var ' : ''}${shortText(type)}`;
}

function shortText(type: MotokoType): string {
  const text = printType(type);
  return cut(text, MAX_TEXT);
}
