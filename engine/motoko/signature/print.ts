import type { MotokoType, StableSignature, TypeDefinition, TypedVariable, TypeField } from './types.ts';

/** Returns a type as a signature writes it, on one line. `parseSignature` reads it again as the same type. */
export function printType(type: MotokoType): string {
  switch (type.kind) {
    case 'primitive':
      return type.name;
    case 'option':
      return `?${printInner(type.of)}`;
    case 'weak':
      return `weak ${printInner(type.of)}`;
    case 'async':
      return `async ${printInner(type.of)}`;
    case 'array':
      return `[${type.mutable ? 'var ' : ''}${printType(type.of)}]`;
    case 'tuple': {
      const items = type.items.map(printType);
      return items.length === 1 ? `(${items.join('')},)` : `(${items.join(', ')})`;
    }
    case 'record':
      return printFields(type.fields, printField);
    case 'variant':
      return type.fields.length === 0 ? '{#}' : printFields(type.fields, printTag);
    case 'joined':
      return type.parts.map(printInner).join(' and ');
    case 'named':
      return type.args.length === 0 ? type.name : `${type.name}<${type.args.map(printType).join(', ')}>`;
    case 'function': {
      const mode = type.mode === 'local' ? '' : type.mode === 'shared' ? 'shared ' : `shared ${type.mode} `;
      return `${mode}${printInner(type.from)} -> ${printType(type.to)}`;
    }
    case 'actor':
      return `actor ${printFields(type.fields, printField)}`;
    case 'unknown':
      return 'Any';
  }
}

/** Returns the left side of a definition: `List<T>`. */
export function printDefined(name: string, { parameters }: TypeDefinition): string {
  return parameters.length === 0 ? name : `${name}<${parameters.join(', ')}>`;
}

/** Returns the variable's type, with `var` before it if the variable is mutable. */
export function printVariable({ mutable, type }: Pick<TypedVariable, 'mutable' | 'type'>): string {
  return `${mutable ? 'var ' : ''}${printType(type)}`;
}

/** Returns the names of the definitions that the variables use, also through others. */
export function definitionsInUse({ definitions, variables }: StableSignature): ReadonlySet<string> {
  const used = new Set<string>();
  const pending = variables.map(({ type }) => type);
  for (let type = pending.pop(); type !== undefined; type = pending.pop()) {
    if (type.kind === 'named' && !used.has(type.name)) {
      const definition = definitions.get(type.name);
      if (definition !== undefined) {
        used.add(type.name);
        pending.push(definition.body);
      }
    }
    pending.push(...partsOf(type));
  }
  return used;
}

function partsOf(type: MotokoType): readonly MotokoType[] {
  switch (type.kind) {
    case 'option':
    case 'weak':
    case 'async':
    case 'array':
      return [type.of];
    case 'tuple':
      return type.items;
    case 'record':
    case 'variant':
    case 'actor':
      return type.fields.map((field) => field.type);
    case 'joined':
      return type.parts;
    case 'named':
      return type.args;
    case 'function':
      return [type.from, type.to];
    default:
      return [];
  }
}

/** Returns a type for a place where an arrow or `and` would bind the wrong way. */
function printInner(type: MotokoType): string {
  const text = printType(type);
  return type.kind === 'function' || type.kind === 'joined' ? `(${text})` : text;
}

function printFields(fields: readonly TypeField[], print: (field: TypeField) => string): string {
  return fields.length === 0 ? '{}' : `{ ${fields.map(print).join('; ')} }`;
}

function printField({ name, mutable, type }: TypeField): string {
  return `${mutable ? 'var ' : ''}${name} : ${printType(type)}`;
}

function printTag({ name, type }: TypeField): string {
  return type.kind === 'tuple' && type.items.length === 0 ? `#${name}` : `#${name} : ${printType(type)}`;
}
