import { MAX_TABLE, readLimits } from './declarations.ts';
import type { Reader } from './format/reader.ts';
import { Writer } from './format/writer.ts';

const HAS_MAXIMUM = 1;
const IS_WIDE = 4;

/**
 * Rewrites the table section, so that no table grows beyond what a replica allows.
 *
 * @throws {Refusal} if it is damaged.
 */
export function rewriteTables(reader: Reader): Writer {
  const section = new Writer();
  const count = reader.count();
  section.unsigned(count);
  for (let left = count; left > 0; left--) {
    const type = reader.byte();
    const { initial, maximum = MAX_TABLE, isWide } = readLimits(reader, 'table');
    section.code([type, HAS_MAXIMUM | (isWide ? IS_WIDE : 0)]);
    section.unsigned(initial);
    section.unsigned(Math.min(maximum, MAX_TABLE));
  }
  reader.finish();
  return section;
}
