import { fc, test as law } from '@fast-check/vitest';
import { Decoder } from 'cbor-x/decode';
import { describe, expect, test } from 'vitest';
import type { TraceEvent } from '../../../../engine/trace/events.ts';
import { CborEvents } from '../../../../engine/trace/format/cbor-event.ts';
import { CborItems } from '../../../../engine/trace/format/cbor-items.ts';
import { decodeEvent, kindOfNumber } from '../../../../engine/trace/format/event-fields.ts';
import { Fields } from '../../../../engine/trace/format/fields.ts';
import { JsonEvents } from '../../../../engine/trace/format/json-event.ts';
import { encodeTrace } from '../../../../engine/trace/format/writer.ts';
import { anyEvent, plainHeader } from '../arbitraries.ts';

const items = new CborItems();
const decoder = new Decoder({ useRecords: false, mapsAsObjects: false });

/** The same event by a decoder for all values; undefined if it is not one. */
const SLOW = {
  cbor(bytes: Uint8Array): TraceEvent | undefined {
    if (items.length(bytes, 0) !== bytes.length || !items.plain) return undefined;
    return fromValues('cbor', decoder.decode(bytes));
  },
  json(bytes: Uint8Array): TraceEvent | undefined {
    return fromValues('json', JSON.parse(new TextDecoder().decode(bytes)));
  },
};
const QUICK = { cbor: new CborEvents(), json: new JsonEvents() };
/** What follows the event, so that its end is not the end of the bytes. */
const AFTER = { cbor: new Uint8Array(100).fill(0x80), json: new TextEncoder().encode(`[${' '.repeat(99)}`) };

function fromValues(form: 'cbor' | 'json', values: unknown): TraceEvent | undefined {
  if (!Array.isArray(values)) return undefined;
  const kind = kindOfNumber(Number(values[0]));
  if (kind === undefined) return undefined;
  const fields = new Fields();
  const event = decodeEvent(fields, form, kind, values);
  return fields.problem === undefined ? event : undefined;
}

function encoded(form: 'cbor' | 'json', event: TraceEvent): Uint8Array<ArrayBuffer> {
  const header = encodeTrace(plainHeader, [], form);
  return encodeTrace(plainHeader, [event], form).slice(header.length);
}

const changes = fc.array(fc.record({ place: fc.nat(), value: fc.integer({ min: 0, max: 255 }), insert: fc.boolean() }), {
  maxLength: 2,
});

describe.each(['cbor', 'json'] as const)('%s', (form) => {
  law.prop([anyEvent, changes], { numRuns: 3000 })(
    'an event that is decoded quickly is what any decoder makes of it',
    (event, damage) => {
      const bytes = [...encoded(form, event)];
      for (const { place, value, insert } of damage) bytes.splice(place % bytes.length, insert ? 0 : 1, value);
      const all = new Uint8Array([...bytes, ...AFTER[form]]);
      const quick = QUICK[form].decode(all, 0);
      if (quick) expect(quick).toEqual(SLOW[form](all.slice(0, QUICK[form].end)));
    },
  );

  law.prop([anyEvent])('the usual events are decoded quickly', (event) => {
    const isUsual = ['write', 'read', 'allocate', 'deallocate', 'reallocate', 'grow', 'begin', 'end'].includes(event.kind);
    const isFar = 'far' in event || (form === 'json' && /\d{16}/.test(new TextDecoder().decode(encoded(form, event))));
    const all = new Uint8Array([...encoded(form, event), ...AFTER[form]]);
    if (isUsual && !isFar && !(event.kind === 'end' || event.kind === 'begin')) expect(QUICK[form].decode(all, 0)).toEqual(event);
  });
});

test.each([
  ['[5, 0, 64, {"h": "00ff"}]', true],
  ['[5,0,64,{"h":"00FF"},null]', true],
  ['[5,0,064,{"h":"00ff"}]', false],
  ['[5,0,64,{"h":"00f"}]', false],
  ['[5,0,64,{"h":"00fg"}]', false],
  ['[5,0,64,"00ff"]', false],
  ['[5,0,64,{"h":"00ff"},1,2]', false],
  ['[5,0,-64,{"h":"00ff"}]', false],
  ['[5,0,6.4,{"h":"00ff"}]', false],
  ['[4,0,1,-1]', true],
  ['[4,0,1,-2]', false],
])('the line %s is a usual one: %s', (line, isUsual) => {
  expect(new JsonEvents().decode(new TextEncoder().encode(`${line}\n[`), 0) !== undefined).toBe(isUsual);
});
