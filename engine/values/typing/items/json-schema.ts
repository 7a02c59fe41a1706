/** JSON, CBOR and MessagePack that a JSON Schema describes. A library validates the values; this code knows where their parts are. */
import { FITS, fails, type ValueType, type Verdict } from '../value-type.ts';
import { type Item, itemAt, pathText } from './item-tree.ts';
import { ITEM_ENCODINGS, type ItemEncoding, readItems } from './read-items.ts';

export type { ItemEncoding };

/** An error of the library. Errors of the parts of a value follow the one of the value. */
export interface SchemaError {
  readonly keyword: string;
  /** JSON pointer to the part of the value: `#/users/3`. */
  readonly instanceLocation: string;
  readonly error: string;
}

/** Makes the type of values that a JSON Schema describes. A value in another encoding than the given one is recognised. */
export function jsonSchemaType(
  name: string,
  validate: (value: unknown) => readonly SchemaError[],
  encoding: ItemEncoding,
): ValueType {
  const others = ITEM_ENCODINGS.filter((other) => other !== encoding);
  return {
    name,
    check(bytes) {
      const first = readItems(bytes, encoding);
      if (first.problem === undefined) return verdictOn(first.item, validate);
      for (const other of others) {
        const reading = readItems(bytes, other);
        if (reading.problem === undefined) return verdictOn(reading.item, validate);
      }
      return fails(first.at, '', `It is not ${NAMES[encoding]}. ${first.problem}`);
    },
  };
}

const NAMES: Readonly<Record<ItemEncoding, string>> = { json: 'JSON', cbor: 'CBOR', messagepack: 'MessagePack' };

/** Returns the encoding that most of the values are in. */
export function encodingOf(values: readonly Uint8Array[]): ItemEncoding {
  const fitting = (encoding: ItemEncoding): number =>
    values.filter((bytes) => readItems(bytes, encoding).problem === undefined).length;
  const [best = { encoding: 'json' as const }] = ITEM_ENCODINGS.map((encoding) => ({ encoding, count: fitting(encoding) })).sort(
    (a, b) => b.count - a.count,
  );
  return best.encoding;
}

function verdictOn(item: Item, validate: (value: unknown) => readonly SchemaError[]): Verdict {
  try {
    const errors = validate(item.value);
    const error = decisive(errors);
    if (error === undefined) return FITS;
    const path = pathOf(error.instanceLocation);
    return fails(itemAt(item, path).start, pathText(item, path), error.error);
  } catch (problem) {
    // The library gives up at nesting that is too deep, and at invalid patterns.
    return fails(item.start, '', `The schema cannot be applied: ${problem instanceof Error ? problem.message : problem}.`);
  }
}

/** Keywords whose error only says that a part of the value has one. */
const OUTER: ReadonlySet<string> = new Set([
  '$ref',
  '$recursiveRef',
  'allOf',
  'if',
  'properties',
  'patternProperties',
  'additionalProperties',
  'unevaluatedProperties',
  'propertyNames',
  'dependentSchemas',
  'dependencies',
  'items',
  'prefixItems',
  'additionalItems',
  'unevaluatedItems',
]);

/** Returns the error that says most: the innermost one, or, where there are alternatives, the one that got furthest. */
function decisive(errors: readonly SchemaError[]): SchemaError | undefined {
  const index = errors.findIndex(({ keyword }) => !OUTER.has(keyword));
  const error = errors[index] ?? errors.at(-1);
  if (error === undefined) return undefined;
  if (error.keyword === 'false') return { ...error, error: 'The schema does not allow it.' };
  if (error.keyword !== 'anyOf' && error.keyword !== 'oneOf') return { ...error, error: sentence(error.error) };
  const inner = errors
    .slice(index + 1)
    .filter(({ keyword }) => !OUTER.has(keyword) && keyword !== 'anyOf' && keyword !== 'oneOf');
  const [furthest] = inner.toSorted((a, b) => depthOf(b) - depthOf(a));
  if (furthest === undefined || depthOf(furthest) === depthOf(error)) return { ...error, error: sentence(error.error) };
  const reason = furthest.keyword === 'false' ? 'The schema does not allow it.' : sentence(furthest.error);
  return { ...furthest, error: `It fits none of the alternatives; of the nearest: ${reason}` };
}

function sentence(text: string): string {
  return text.replace(/^Instance /, 'The value ');
}

function depthOf({ instanceLocation }: SchemaError): number {
  return instanceLocation.split('/').length;
}

function pathOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => decoded(step).replaceAll('~1', '/').replaceAll('~0', '~'));
}

function decoded(step: string): string {
  try {
    return decodeURI(step);
  } catch {
    return step;
  }
}
