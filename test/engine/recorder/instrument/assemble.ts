/** Makes small modules by hand. */
import { unsigned } from '../../../../engine/recorder/instrument/format/encode.ts';

export type Code = readonly number[];

export const I32 = 0x7f;
export const I64 = 0x7e;
export const F32 = 0x7d;
export const F64 = 0x7c;
export const V128 = 0x7b;
export const FUNCREF = 0x70;
export const EXTERNREF = 0x6f;
export const END = 0x0b;

/** A function, with `locals` as groups of a count and a type, and code without its `end`. */
export interface FunctionParts {
  readonly type: number;
  readonly locals?: readonly (readonly [count: number, type: number])[];
  readonly code: Code;
  readonly export?: string;
}

/** The parts of a module. All that is `Code` is the item as it is in its section. */
export interface ModuleParts {
  readonly types?: readonly Code[];
  readonly imports?: readonly { readonly module: string; readonly name: string; readonly type: number }[];
  readonly functions?: readonly FunctionParts[];
  readonly tables?: readonly Code[];
  readonly memories?: readonly Code[];
  readonly globals?: readonly Code[];
  readonly exports?: readonly { readonly name: string; readonly kind: number; readonly index: number }[];
  readonly start?: number;
  readonly elements?: readonly Code[];
  readonly dataCount?: number;
  readonly data?: readonly Code[];
  readonly customs?: readonly { readonly name: string; readonly content: Code }[];
}

export function functionType(parameters: Code, results: Code = []): Code {
  return [0x60, ...vector(parameters.map((type) => [type])), ...vector(results.map((type) => [type]))];
}

export function assemble(parts: ModuleParts): Uint8Array<ArrayBuffer> {
  const { imports = [], functions = [], exports = [], customs = [] } = parts;
  const ownExports = functions.flatMap((own, index) =>
    own.export === undefined ? [] : [{ name: own.export, kind: 0, index: imports.length + index }],
  );
  const allExports = [...exports, ...ownExports];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...listSection(1, parts.types),
    ...listSection(
      2,
      imports.map(({ module, name, type }) => [...text(module), ...text(name), 0, ...unsigned(type)]),
    ),
    ...listSection(
      3,
      functions.map(({ type }) => unsigned(type)),
    ),
    ...listSection(4, parts.tables),
    ...listSection(5, parts.memories),
    ...listSection(6, parts.globals),
    ...listSection(
      7,
      allExports.map(({ name, kind, index }) => [...text(name), kind, ...unsigned(index)]),
    ),
    ...(parts.start === undefined ? [] : section(8, unsigned(parts.start))),
    ...listSection(9, parts.elements),
    ...(parts.dataCount === undefined ? [] : section(12, unsigned(parts.dataCount))),
    ...listSection(10, functions.map(bodyOf)),
    ...listSection(11, parts.data),
    ...customs.flatMap(({ name, content }) => section(0, [...text(name), ...content])),
  ]);
}

export function section(id: number, content: Code): Code {
  return [id, ...unsigned(content.length), ...content];
}

export function vector(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

export function text(value: string): Code {
  const bytes = new TextEncoder().encode(value);
  return [...unsigned(bytes.length), ...bytes];
}

function listSection(id: number, items: readonly Code[] = []): Code {
  return items.length === 0 ? [] : section(id, vector(items));
}

function bodyOf({ locals = [], code }: FunctionParts): Code {
  const body = [...vector(locals.map(([count, type]) => [...unsigned(count), type])), ...code, END];
  return [...unsigned(body.length), ...body];
}
