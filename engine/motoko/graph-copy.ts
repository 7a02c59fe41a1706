/**
 * The heap that `__motoko_stabilize_before_upgrade` stores after the pages in use (rts/motoko-rts/src/stabilization of moc). All
 * numbers are little-endian.
 *
 * | from           | bytes | field                                                                    |
 * |----------------|------:|--------------------------------------------------------------------------|
 * | N              |       | the objects, the actor with its stable variables first; each begins with its kind, `u64` |
 * | M, a page start |    8 | length of the type table                                                 |
 * | M + 8          |       | the type table, in extended Candid: one argument, the actor's type      |
 * |                |     8 | length of the offsets                                                    |
 * |                |       | where in the table each type begins, `u64` each                          |
 *
 * N and M are in the upgrade trailer. An object that is the actor has, after its kind, the number of its fields and a reference
 * to their hashes; references are offsets from N, less 1.
 */
import { type AddressRange, at, holds, type ReadableMemory, readBytes, viewOf } from '../core/memory/memory.ts';
import { Cursor } from '../values/cursor.ts';
import { readStableTypes, type StableTypeTable, typeOf } from './stable-variables/layout.ts';
import type { UpgradeTrailer } from './upgrade-trailer.ts';

/** Kinds of objects, in the order of their numbers, from 1 on. */
const KINDS = [
  'immutable array',
  'mutable array',
  'tuple',
  'shared function',
  'mutable variable',
  'object',
  'blob',
  'text',
  'principal',
  'actor reference',
  'natural of 64 bits',
  'integer of 64 bits',
  'float',
  'region',
  'variant',
  'concatenated text',
  'big integer',
  'optional',
  'weak reference',
] as const;

type ObjectKind = (typeof KINDS)[number];

/** A stable variable as the type table has it. */
interface StoredVariable {
  /** The Candid hash of its name. */
  readonly id: number;
  /** `text`, `var nat`, `record {…}`: the outer parts of its type. */
  readonly type: string;
}

export interface GraphCopy {
  readonly objects: AddressRange;
  /** Kind of the first object, or undefined if the number is not that of a kind. */
  readonly root: ObjectKind | undefined;
  /** The type table and the offsets, without their lengths. */
  readonly typeTable: AddressRange;
  readonly offsets: AddressRange;
  /** From the first length to the end of the offsets. */
  readonly descriptor: AddressRange;
  readonly types: number;
  /** In the order of their hashes. */
  readonly variables: readonly StoredVariable[];
  /** A sentence that says why the type table cannot be read to its end. */
  readonly problem: string | undefined;
}

const LENGTH = 8;
/** Maximum depth to which a type is written out. */
const MAX_DEPTH = 4;
/** Maximum length of a type table. A real one has only some bytes for each type of the program. */
const MAX_TABLE_BYTES = 16 * 1024 * 1024;

/**
 * Reads the description of the stored heap, not the heap itself. Returns undefined if it is not between the heap and the trailer.
 */
export function readGraphCopy(
  image: ReadableMemory,
  { data, descriptor, span, firstBytes }: UpgradeTrailer,
): GraphCopy | undefined {
  if (data === undefined || descriptor === undefined || descriptor < data.start + data.length) return undefined;
  const typeTable = blobAt(image, descriptor, span.start);
  const offsets = typeTable && blobAt(image, typeTable.start + typeTable.length, span.start);
  if (!typeTable || !offsets || typeTable.length > MAX_TABLE_BYTES) return undefined;
  const cursor = new Cursor(readBytes(image, typeTable.start, typeTable.length));
  const table = readStableTypes(cursor);
  if (cursor.left > 0) cursor.fail(`${cursor.left} bytes are left over.`);
  return {
    objects: data,
    // The first word of the image is in the trailer until the upgrade ends.
    root: KINDS[(data.start === 0 ? viewOf(firstBytes).getUint32(0, true) : numberAt(image, data.start)) - 1],
    typeTable,
    offsets,
    descriptor: { start: at(0, descriptor), length: offsets.start + offsets.length - descriptor },
    types: table.types.length,
    variables: variablesOf(table),
    problem: cursor.problem,
  };
}

function variablesOf(table: StableTypeTable): readonly StoredVariable[] {
  const [argument = -1] = table.args;
  const actor = typeOf(table, argument);
  if (actor?.kind !== 'record') return [];
  return actor.fields.map(({ id, type }) => {
    // The actor's fields are all optional: a new version of the program may have others.
    const own = typeOf(table, type);
    return { id, type: typeText(table, own?.kind === 'opt' ? own.of : type, 0) };
  });
}

function typeText(table: StableTypeTable, reference: number, depth: number): string {
  const type = typeOf(table, reference);
  switch (type?.kind) {
    case 'primitive':
      return type.primitive;
    case 'mutable':
    case 'opt':
    case 'vec':
      return `${type.kind === 'mutable' ? 'var' : type.kind} ${depth === MAX_DEPTH ? '…' : typeText(table, type.of, depth + 1)}`;
    case 'record':
    case 'variant':
      return `${type.kind} {…}`;
    default:
      return type?.kind ?? 'unknown';
  }
}

/** Returns the bytes after a length word, or undefined if they end after `limit`. */
function blobAt(image: ReadableMemory, start: number, limit: number): AddressRange | undefined {
  if (start + LENGTH > limit) return undefined;
  const length = numberAt(image, start);
  return start + LENGTH + length <= limit ? { start: at(0, start + LENGTH), length } : undefined;
}

/** Returns the number at an address, or 0 if the image ends before it. */
function numberAt(image: ReadableMemory, start: number): number {
  return holds(image, start, LENGTH) ? Number(viewOf(readBytes(image, at(0, start), LENGTH)).getBigUint64(0, true)) : 0;
}
