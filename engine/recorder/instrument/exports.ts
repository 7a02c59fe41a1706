import { KIND } from './declarations.ts';
import type { Reader } from './format/reader.ts';
import { Refusal } from './format/refusal.ts';
import { Writer } from './format/writer.ts';
import type { FunctionIndexes } from './function-indexes.ts';
import { EXPORT_PREFIX } from './host.ts';

/** An export that is added. The index is that of the new module. */
export interface AddedExport {
  readonly name: string;
  readonly kind: number;
  readonly index: number;
}

export interface Exports {
  readonly section: Writer;
  /** The globals that the original module exports. */
  readonly globals: ReadonlySet<number>;
}

/** @throws {Refusal} if the section is damaged, or has names that instrumentation adds. */
export function rewriteExports(reader: Reader, functions: FunctionIndexes, added: readonly AddedExport[]): Exports {
  const section = new Writer();
  const globals = new Set<number>();
  const count = reader.count();
  section.unsigned(count + added.length);
  for (let left = count; left > 0; left--) {
    const start = reader.position;
    const name = reader.name();
    if (name.startsWith(EXPORT_PREFIX)) {
      throw new Refusal(`The module cannot be instrumented: it exports "${name}". It looks instrumented already.`);
    }
    const kind = reader.byte();
    section.copy(reader.bytes, start, reader.position);
    const index = reader.index();
    if (kind === KIND.global) globals.add(index);
    section.unsigned(kind === KIND.function ? functions.shifted(index) : index);
  }
  reader.finish();
  for (const { name, kind, index } of added) {
    section.name(name);
    section.code([kind]);
    section.unsigned(index);
  }
  return { section, globals };
}
