/** The declarations of a module outside of its code, as far as the instrumentation needs them. */
import { formatCount } from '../../core/format.ts';
import type { Reader } from './format/reader.ts';
import { Refusal } from './format/refusal.ts';
import { SECTION, type Sections } from './format/sections.ts';
import { isReference } from './format/value-types.ts';

const FUNCTION_TYPE = 0x60;
/** The kinds of imports and exports. */
export const KIND = { function: 0, table: 1, memory: 2, global: 3 } as const;

/** Maximum elements of a table: the limit of a replica. */
export const MAX_TABLE = 1_000_000;

/** Bits of a memory's or a table's limits. */
const HAS_MAXIMUM = 1;
const IS_SHARED = 2;
const IS_WIDE = 4;

export interface Declarations {
  /** The number of parameters of each type. */
  readonly parameterCounts: readonly number[];
  /** The number of imports. All are functions. */
  readonly importedFunctions: number;
  /** The imported functions that read or write stable memory. */
  readonly stableFunctions: readonly number[];
  /** The index of the type of each function that is not imported. */
  readonly functionTypes: readonly number[];
  readonly tables: number;
  readonly hasMemory: boolean;
  /** Main memory has addresses of 64 bits. */
  readonly isWide: boolean;
  /** The function that runs when the module is instantiated. */
  readonly start: number | undefined;
}

/** @throws {Refusal} if they are damaged, or something is in the way. */
export function readDeclarations(sections: Sections): Declarations {
  const parameterCounts = readTypes(sections.reader(SECTION.type));
  const start = sections.reader(SECTION.start);
  return {
    parameterCounts,
    ...readImports(sections.reader(SECTION.import)),
    functionTypes: readFunctions(sections.reader(SECTION.function), parameterCounts.length),
    tables: readTables(sections.reader(SECTION.table)),
    ...readMemory(sections.reader(SECTION.memory)),
    start: start.isAtEnd ? undefined : start.index(),
  };
}

function readTypes(reader: Reader): readonly number[] {
  const parameterCounts: number[] = [];
  for (let left = reader.count(); left > 0; left--) {
    const form = reader.byte();
    if (form !== FUNCTION_TYPE) {
      throw new Refusal(`The module cannot be instrumented: it has a type that is not a function's (0x${form.toString(16)}).`);
    }
    const parameters = reader.index();
    reader.skip(parameters);
    reader.skip(reader.index());
    parameterCounts.push(parameters);
  }
  reader.finish();
  return parameterCounts;
}

function readImports(reader: Reader): Pick<Declarations, 'importedFunctions' | 'stableFunctions'> {
  const stableFunctions: number[] = [];
  const count = reader.count();
  for (let index = 0; index < count; index++) {
    const module = reader.name();
    const name = reader.name();
    const kind = reader.byte();
    if (kind !== KIND.function) {
      throw new Refusal(`The module cannot be instrumented: it imports "${module}" "${name}", which is not a function.`);
    }
    reader.index();
    if (module === 'ic0' && name.startsWith('stable')) stableFunctions.push(index);
  }
  reader.finish();
  return { importedFunctions: count, stableFunctions };
}

function readFunctions(reader: Reader, types: number): readonly number[] {
  const functionTypes: number[] = [];
  for (let left = reader.count(); left > 0; left--) {
    const type = reader.index();
    if (type >= types) throw reader.broken(`a function has type ${type}, which does not exist`);
    functionTypes.push(type);
  }
  reader.finish();
  return functionTypes;
}

function readTables(reader: Reader): number {
  const count = reader.count();
  for (let left = count; left > 0; left--) {
    const type = reader.byte();
    if (!isReference(type)) {
      throw new Refusal(`The module cannot be instrumented: it has a table of an unknown kind (0x${type.toString(16)}).`);
    }
    const { initial } = readLimits(reader, 'table');
    if (initial > MAX_TABLE)
      throw new Refusal(
        `The module cannot be instrumented: its table has ${formatCount(initial)} elements, and a replica allows ${formatCount(MAX_TABLE)}.`,
      );
  }
  reader.finish();
  return count;
}

function readMemory(reader: Reader): Pick<Declarations, 'hasMemory' | 'isWide'> {
  const count = reader.count();
  if (count > 1) throw new Refusal('The module cannot be instrumented: it has more than one memory.');
  const isWide = count > 0 && readLimits(reader, 'memory').isWide;
  reader.finish();
  return { hasMemory: count > 0, isWide };
}

export interface SizeLimits {
  readonly initial: number;
  /** Undefined if there is none. */
  readonly maximum: number | undefined;
  /** Addresses have 64 bits. */
  readonly isWide: boolean;
}

/** @throws {Refusal} if they are damaged or unknown. */
export function readLimits(reader: Reader, what: 'memory' | 'table'): SizeLimits {
  const flags = reader.byte();
  if (flags & IS_SHARED) throw new Refusal(`The module cannot be instrumented: it has a shared ${what}.`);
  if (flags > (HAS_MAXIMUM | IS_WIDE)) {
    throw new Refusal(`The module cannot be instrumented: it has a ${what} with unknown limits (0x${flags.toString(16)}).`);
  }
  const initial = reader.unsigned();
  const maximum = flags & HAS_MAXIMUM ? reader.unsigned() : undefined;
  return { initial, maximum, isWide: (flags & IS_WIDE) !== 0 };
}
