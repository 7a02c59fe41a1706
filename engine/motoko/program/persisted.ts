/**
 * Finds the places where a Motoko program keeps its stable variables while it runs, from its own code. Before an upgrade the
 * program puts all of them into one record (`@get_actor_to_persist` in src/codegen/compile_enhanced.ml and compile_classical.ml
 * of moc; older releases do so in `pre_upgrade` itself). This code stores into a new object the tag of a record, the hashes of
 * the fields' names, and for each field the value that it loads from the variable's place: by its index among the static
 * variables (enhanced persistence), or from a static address.
 *
 * The code is not run. It is followed only as far as necessary: constants, loads and locals.
 */
import type { ByteSource } from '../../core/memory/source.ts';
import { Instructions, OP } from './instructions.ts';
import { ModuleReader, readSections, type Section } from './module.ts';

/** The value that a piece of code computes. */
export type Source =
  | { readonly kind: 'constant'; readonly word: bigint }
  /** The result of a function for a number. If the function is the runtime's, it is the static variable with that index. */
  | { readonly kind: 'static'; readonly index: number }
  | { readonly kind: 'load'; readonly from: Source; readonly offset: number }
  | { readonly kind: 'local'; readonly index: number };

/** A record that the code creates. */
export interface MadeRecord {
  readonly wordBytes: 4 | 8;
  /** Values stored into it, by offset from its pointer. */
  readonly stores: ReadonlyMap<number, Source>;
}

const IMPORTS = 2;
const EXPORTS = 7;
const CODE = 10;
const FUNCTION = 0;
const ENTRY = 'canister_pre_upgrade';
/** Maximum functions that are followed: the record is created a few calls away from the entry. */
const MAX_FUNCTIONS = 400;
const MAX_BODY = 4 * 1024 * 1024;
/** Offset of a record's tag from its pointer, and the tag. */
const TAG_OFFSET = 1;
const RECORD = 1n;
/** Maximum locals that refer to other locals; more are a cycle. */
const MAX_STEPS = 16;

/** Returns the records that the program creates before an upgrade, the nearest to its entry first. */
export function findMadeRecords(module: ByteSource): readonly MadeRecord[] {
  const sections = readSections(module);
  const reader = new ModuleReader(module);
  const entry = exportedFunction(reader, sectionOf(sections, EXPORTS));
  const code = sectionOf(sections, CODE);
  if (entry === undefined || code === undefined) return [];
  const imported = importedFunctions(reader, sectionOf(sections, IMPORTS));
  const bodies = functionBodies(reader, code);
  const records: MadeRecord[] = [];
  const seen = new Set([entry]);
  for (const callee of seen) {
    const body = bodies[callee - imported];
    if (seen.size > MAX_FUNCTIONS || body === undefined || body.end - body.start > MAX_BODY) continue;
    reader.position = body.start;
    const found = follow(reader.bytes(body.end - body.start));
    records.push(...found.records);
    for (const next of found.calls) seen.add(next);
  }
  return records;
}

function sectionOf(sections: readonly Section[], id: number): Section | undefined {
  return sections.find((section) => section.id === id);
}

function exportedFunction(reader: ModuleReader, section: Section | undefined): number | undefined {
  if (section === undefined) return undefined;
  reader.position = section.start;
  for (let left = reader.count(); left > 0 && reader.position < section.end; left--) {
    const name = reader.name();
    const kind = reader.byte();
    const index = reader.count();
    if (kind === FUNCTION && name === ENTRY) return index;
  }
  return undefined;
}

/** Returns the number of imported functions: their indexes come before those of the code. */
function importedFunctions(reader: ModuleReader, section: Section | undefined): number {
  if (section === undefined) return 0;
  reader.position = section.start;
  let functions = 0;
  for (let left = reader.count(); left > 0 && reader.position < section.end; left--) {
    // The names of the module and of the import.
    reader.skipBytes();
    reader.skipBytes();
    const kind = reader.byte();
    if (kind === FUNCTION) {
      functions += 1;
      reader.count();
    } else if (kind === 3) reader.position += 2;
    else {
      if (kind === 1) reader.byte();
      const hasMost = (reader.byte() & 1) === 1;
      reader.count();
      if (hasMost) reader.count();
    }
  }
  return functions;
}

function functionBodies(reader: ModuleReader, section: Section): readonly Section[] {
  reader.position = section.start;
  const bodies: Section[] = [];
  for (let left = reader.count(); left > 0 && reader.position < section.end; left--) {
    const length = reader.count();
    const start = reader.position;
    bodies.push({ id: CODE, start, end: start + length });
    reader.position = start + length;
  }
  return bodies;
}

interface Followed {
  readonly records: readonly MadeRecord[];
  readonly calls: ReadonlySet<number>;
}

/** Follows the code of a function. Returns the records that it creates and the functions that it calls. */
function follow(body: Uint8Array): Followed {
  const code = new Instructions(body);
  const records: { wordBytes: 4 | 8; stores: Map<number, Source> }[] = [];
  const calls = new Set<number>();
  const locals = new Map<number, Source>();
  /** The record that a local points to. */
  const made = new Map<number, Map<number, Source>>();
  /** Values that the current statement has computed so far, by open block. */
  const blocks: Source[][] = [[]];

  const statement = (): Source[] => blocks.at(-1) ?? [];
  const end = (): void => void statement().splice(0);
  const known = (source: Source, steps = 0): Source => {
    const held = source.kind === 'local' ? locals.get(source.index) : undefined;
    if (held !== undefined && steps < MAX_STEPS) return known(held, steps + 1);
    return source.kind === 'load' && steps < MAX_STEPS ? { ...source, from: known(source.from, steps + 1) } : source;
  };
  /** Returns the first of the locals that hold the same value. */
  const base = (source: Source | undefined): number => {
    let index = source?.kind === 'local' ? source.index : -1;
    for (let steps = 0; steps < MAX_STEPS; steps++) {
      const held = locals.get(index);
      if (held?.kind !== 'local') break;
      index = held.index;
    }
    return index;
  };
  const store = (wordBytes: 4 | 8, offset: number): void => {
    const value = statement().at(-1);
    const target = base(statement().at(-2));
    if (value === undefined || target < 0) return;
    const whole = known(value);
    if (offset === TAG_OFFSET && whole.kind === 'constant' && whole.word === RECORD) {
      const stores = new Map<number, Source>();
      records.push({ wordBytes, stores });
      made.set(target, stores);
    } else if (offset === TAG_OFFSET) made.delete(target);
    else made.get(target)?.set(offset, whole);
  };

  while (code.next()) {
    const { operation, operand } = code;
    const number = Number(operand);
    switch (operation) {
      case OP.block:
      case OP.loop:
      case OP.if:
        blocks.push([]);
        break;
      case OP.else:
        end();
        break;
      case OP.end:
        if (blocks.length > 1) blocks.pop();
        break;
      case OP.call: {
        calls.add(number);
        const last = statement().at(-1);
        if (last?.kind === 'constant') statement().splice(-1, 1, { kind: 'static', index: Number(last.word) });
        break;
      }
      case OP.getLocal:
        statement().push({ kind: 'local', index: number });
        break;
      case OP.teeLocal:
      case OP.setLocal: {
        const value = operation === OP.teeLocal ? statement().at(-1) : statement()[0];
        if (value === undefined) locals.delete(number);
        else locals.set(number, value.kind === 'local' ? value : known(value));
        if (operation === OP.setLocal) end();
        else statement().splice(-1, 1, { kind: 'local', index: number });
        break;
      }
      case OP.constant32:
      case OP.constant64:
        statement().push({ kind: 'constant', word: operand });
        break;
      case OP.load32:
      case OP.load64: {
        const from = statement().pop();
        if (from !== undefined) statement().push({ kind: 'load', from: known(from), offset: number });
        break;
      }
      case OP.store32:
      case OP.store64:
        store(operation === OP.store32 ? 4 : 8, number);
        end();
        break;
      case OP.drop:
      case OP.setGlobal:
      case OP.branchIf:
        end();
    }
  }
  return { records, calls };
}
