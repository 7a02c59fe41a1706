/** Element segments: references that go into tables (WebAssembly core specification, "Element Section"). */
import { rewriteExpression } from './constant-expressions.ts';
import type { Reader } from './format/reader.ts';
import { Writer } from './format/writer.ts';
import type { FunctionIndexes } from './function-indexes.ts';

/** Bits of a segment's form. */
const IS_NOT_ACTIVE = 1;
/** The segment is declarative if it is not active, and else it names its table. */
const HAS_TABLE = 2;
const HAS_EXPRESSIONS = 4;
const LAST_FORM = 7;

/**
 * Rewrites the section, and takes all functions in it.
 *
 * @throws {Refusal} if it is damaged.
 */
export function rewriteElements(reader: Reader, functions: FunctionIndexes): Writer {
  const section = new Writer();
  const segments = reader.count();
  section.unsigned(segments);
  for (let left = segments; left > 0; left--) rewriteSegment(reader, section, functions);
  reader.finish();
  return section;
}

function rewriteSegment(reader: Reader, section: Writer, functions: FunctionIndexes): void {
  const form = reader.index();
  if (form > LAST_FORM) throw reader.broken(`a segment has the form ${form}, which does not exist`);
  const isActive = (form & IS_NOT_ACTIVE) === 0;
  section.unsigned(form);
  if (isActive) {
    if (form & HAS_TABLE) section.unsigned(reader.index());
    rewriteExpression(reader, section, functions);
  }
  // Only the short forms for the first table leave the kind out.
  if (form & (IS_NOT_ACTIVE | HAS_TABLE)) section.code([reader.byte()]);
  const items = reader.index();
  section.unsigned(items);
  for (let left = items; left > 0; left--) {
    if (form & HAS_EXPRESSIONS) rewriteExpression(reader, section, functions);
    else {
      const index = reader.index();
      functions.take(index);
      section.unsigned(functions.shifted(index));
    }
  }
}
