import { toHex } from '../../../engine/core/format.ts';
import type { Place as DataRange } from '../../../engine/trace/search.ts';
import type { Timeline } from '../../../engine/trace/timeline.ts';
import { bytesAt } from '../values/bytes-at.ts';
import { bytesText, MAX_SHOWN } from '../values/event-values.ts';
import { countValue, lazy, NOTHING, textValue, type Value } from '../values/value.ts';

/** The names that only conditions of breakpoints on bytes have. */
export const CHANGED_NAMES = ['before', 'after', 'changed'] as const;

/** Maximum bytes of a number that a plain number holds exactly. */
const MAX_NUMBER = 6;

/**
 * Returns the names of a condition with those of the breakpoint's bytes: `before` and `after` the current step, as hex and as a
 * little-endian `number`, and `changed`.
 */
export function withChangedBytes(root: Value, timeline: Timeline, range: DataRange): Value {
  const { position } = timeline;
  const before = (): Uint8Array | undefined => bytesAt(timeline, Math.max(0, position - 1), range);
  const after = (): Uint8Array | undefined => bytesAt(timeline, position, range);
  const own = [
    lazy('before', () => bytesValue(before())),
    lazy('after', () => bytesValue(after())),
    lazy('changed', () => {
      const [old, now] = [before(), after()];
      if (!old || !now) return NOTHING;
      const isChanged = toHex(old) !== toHex(now);
      return { text: String(isChanged), plain: isChanged };
    }),
  ];
  return { text: '', fields: () => [...own, ...(root.fields?.() ?? [])] };
}

function bytesValue(bytes: Uint8Array | undefined): Value {
  if (!bytes) return NOTHING;
  const number = bytes.length > MAX_NUMBER ? undefined : bytes.reduceRight((sum, byte) => 256 * sum + byte, 0);
  const fields = number === undefined ? [] : [{ name: 'number', value: countValue(number) }];
  return { ...textValue(bytesText(bytes)), plain: toHex(bytes.subarray(0, MAX_SHOWN)), fields: () => fields };
}
