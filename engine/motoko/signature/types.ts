/**
 * Motoko's types, as written in a program's signature (src/mo_types/type.ml of moc). Values of a type share its definition: `type
 * List<T> = ?(T, List<T>)` has one body, and the meaning of `T` is kept next to it.
 */

const PRIMITIVES = [
  ...['Null', 'Bool', 'Char', 'Text', 'Blob', 'Principal', 'Region', 'Float', 'Error', 'Any', 'None', 'Nat', 'Int'],
  ...['Nat8', 'Nat16', 'Nat32', 'Nat64', 'Int8', 'Int16', 'Int32', 'Int64'],
] as const;

export type PrimitiveName = (typeof PRIMITIVES)[number];

export interface TypeField {
  readonly name: string;
  readonly mutable: boolean;
  readonly type: MotokoType;
}

/** `local` functions cannot be stored. */
type FunctionMode = 'local' | 'shared' | 'query' | 'composite query';

export type MotokoType =
  | { readonly kind: 'primitive'; readonly name: PrimitiveName }
  | { readonly kind: 'option' | 'weak' | 'async'; readonly of: MotokoType }
  | { readonly kind: 'array'; readonly mutable: boolean; readonly of: MotokoType }
  | { readonly kind: 'tuple'; readonly items: readonly MotokoType[] }
  | { readonly kind: 'record' | 'variant'; readonly fields: readonly TypeField[] }
  /** A record or variant that has the fields of all parts. */
  | { readonly kind: 'joined'; readonly parts: readonly MotokoType[] }
  /** A defined type, or a parameter of the definition that it is in. */
  | { readonly kind: 'named'; readonly name: string; readonly args: readonly MotokoType[] }
  /** A shared function is stored as its actor and its name. */
  | { readonly kind: 'function'; readonly mode: FunctionMode; readonly from: MotokoType; readonly to: MotokoType }
  | { readonly kind: 'actor'; readonly fields: readonly TypeField[] }
  /** A type that is not known. */
  | { readonly kind: 'unknown' };

/** A type with the types that its parameters stand for. */
export interface BoundType {
  readonly type: MotokoType;
  readonly bindings: ReadonlyMap<string, BoundType>;
}

export interface TypeDefinition {
  readonly parameters: readonly string[];
  readonly body: MotokoType;
}

export interface TypedVariable extends TypeField {
  /** The type as the signature writes it, on one line. */
  readonly text: string;
}

/** The stable variables of a program, and the definitions of their types. */
export interface StableSignature {
  readonly definitions: ReadonlyMap<string, TypeDefinition>;
  readonly variables: readonly TypedVariable[];
}

const NO_BINDINGS: ReadonlyMap<string, BoundType> = new Map();
/** The type of values of which nothing is known. */
export const UNKNOWN: BoundType = { type: { kind: 'unknown' }, bindings: NO_BINDINGS };
/** Maximum aliases of aliases that are followed; more are a cycle. */
const MAX_ALIASES = 64;

const BY_NAME: ReadonlyMap<string, PrimitiveName> = new Map(PRIMITIVES.map((name) => [name, name]));

function primitiveNamed(name: string): PrimitiveName | undefined {
  return BY_NAME.get(name);
}

/** Returns a type that has no parameters. */
export function closed(type: MotokoType): BoundType {
  return { type, bindings: NO_BINDINGS };
}

/** Returns a type inside a bound one, with the same bindings. */
export function within({ bindings }: BoundType, type: MotokoType): BoundType {
  // A parameter is replaced by the type that it stands for, so that bindings do not pile up along a list.
  return (type.kind === 'named' && bindings.get(type.name)) || { type, bindings };
}

/** Returns the type that a name stands for, through any number of aliases. Returns other types as they are. */
export function resolve({ definitions }: StableSignature, bound: BoundType): BoundType {
  let current = bound;
  for (let step = 0; step < MAX_ALIASES; step++) {
    const { type } = current;
    if (type.kind !== 'named') return current;
    const parameter = current.bindings.get(type.name);
    const definition = definitions.get(type.name);
    const primitive = primitiveNamed(type.name);
    if (parameter) current = parameter;
    else if (definition) {
      const named = current;
      const bindings = definition.parameters.map((name, index) => {
        const argument = type.args[index];
        return [name, argument ? within(named, argument) : UNKNOWN] as const;
      });
      current = { type: definition.body, bindings: new Map(bindings) };
    } else return primitive ? closed({ kind: 'primitive', name: primitive }) : UNKNOWN;
  }
  return UNKNOWN;
}
