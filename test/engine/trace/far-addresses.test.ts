/** Addresses beyond any memory: a trace with such addresses is read to its end, and written again unchanged. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { at } from '../../../engine/core/memory/memory.ts';
import { BytesSource } from '../../../engine/core/memory/source.ts';
import { exactAddress, exactOldAddress, type TraceEvent } from '../../../engine/trace/events.ts';
import { readTrace } from '../../../engine/trace/format/reader.ts';
import { encodeTrace } from '../../../engine/trace/format/writer.ts';
import { importTrace, openTrace } from '../../../engine/trace/import/import.ts';
import { simulate } from '../../../engine/trace/simulate/simulate.ts';
import { Timeline } from '../../../engine/trace/timeline.ts';
import { TraceText } from '../../../engine/views/trace/text.ts';
import { plainHeader } from './arbitraries.ts';

interface Sidecar {
  readonly steps: number;
  readonly liveBlocks: number;
  readonly liveBytes: number;
  readonly freeBytes: number;
  readonly readToEnd: boolean;
  readonly errors: number;
}

const FIXTURES = join(import.meta.dirname, '../../fixtures/field-motoko');
const fixture = (ending: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(join(FIXTURES, `trace-nothing-allocated${ending}`)));
const SIDECAR: Sidecar = JSON.parse(new TextDecoder().decode(fixture('.json')));
const HIGHEST = 2n ** 64n - 1n;

const allocate = (exact: bigint, size: number): TraceEvent => ({
  kind: 'allocate',
  space: 1,
  address: at(0, Number(exact)),
  size,
  requested: undefined,
  stack: undefined,
  ...(exact > Number.MAX_SAFE_INTEGER && { far: { address: exact } }),
});
const space: TraceEvent = { kind: 'space', space: 1, spaceKind: 'memory-region', name: 0, params: { region: 16 } };

/** The recorded trace in both encodings. */
const RECORDED = readTrace(new BytesSource(fixture('.smtrace.jsonl')));
const FORMS = (['json', 'cbor'] as const).map((form) => [form, encodeTrace(plainHeader, RECORDED.events(), form)] as const);

describe.each(FORMS)('a block of no bytes at 2^64 - 1, %s', (_, bytes) => {
  test('as recorded', () => {
    const trace = openTrace(new BytesSource(bytes));
    const timeline = Timeline.open(trace);
    timeline.seek(timeline.steps);
    const free = timeline.freeList(2);
    expect(trace.complete).toBe(SIDECAR.readToEnd);
    expect(trace.findings).toEqual([]);
    expect(timeline.faults().faults).toHaveLength(SIDECAR.errors);
    expect(timeline.steps).toBe(SIDECAR.steps);
    expect(timeline.space(2)?.blocks.count).toBe(SIDECAR.liveBlocks);
    expect(timeline.space(2)?.blocks.bytes).toBe(SIDECAR.liveBytes);
    expect([...(free?.blocks ?? [])].reduce((sum, { size }) => sum + size, 0)).toBe(SIDECAR.freeBytes);
  });

  test('the line shows the recorded address', () => {
    const text = new TraceText(openTrace(new BytesSource(bytes)));
    expect([...text.range(0, text.lines)].map((line) => line.text).join('\n')).toContain('→ 0xffffffffffffffff');
  });

  test('the policy that was recorded returns the recorded addresses', () => {
    const trace = openTrace(new BytesSource(bytes));
    const outcome = simulate(trace.events(), 'memory-region@1.1.1');
    expect(outcome.ok && outcome.result.firstDifference).toBeUndefined();
    expect(outcome.ok && outcome.result.size).toBe(128);
  });
});

describe('addresses of 64 bits', () => {
  for (const form of ['cbor', 'json'] as const) {
    law.prop([fc.bigInt(0n, HIGHEST), fc.bigInt(0n, HIGHEST)])(`${form}: what is written is read`, (oldAddress, address) => {
      const far = {
        ...(address > Number.MAX_SAFE_INTEGER && { address }),
        ...(oldAddress > Number.MAX_SAFE_INTEGER && { oldAddress }),
      };
      const event: TraceEvent = {
        kind: 'reallocate',
        space: 1,
        oldAddress: at(0, Number(oldAddress)),
        oldSize: 0,
        address: at(0, Number(address)),
        size: 0,
        stack: 7,
        ...(Object.keys(far).length > 0 && { far }),
      };
      const trace = readTrace(new BytesSource(encodeTrace(plainHeader, [event], form)));
      expect([...trace.events()]).toEqual([event]);
      expect(BigInt(exactAddress(event))).toBe(address);
      expect(BigInt(exactOldAddress(event))).toBe(oldAddress);
    });
  }

  test('an address longer than 64 bits ends the readable part', () => {
    const lines = ['{"magic":"ic-stable-trace","version":1,"producer":"x"}', '[7,1,"18446744073709551616",0]', '[15,"after"]'];
    const trace = readTrace(new BytesSource(new TextEncoder().encode(lines.join('\n'))));
    expect(trace.findings.map(({ code, message }) => [code, message])).toEqual([
      [
        'trace.bad-event',
        'The address of the allocate event should be a whole number of 64 bits, but is the text "18446744073709551616". Everything before it was read.',
      ],
    ]);
  });

  test('an imported trace of a MemoryRegion also has them', () => {
    const lines = ['{"schema":"mr-trace/1","lib":"mr-1.1.1+ab-0.5.0"}', '[0,0,0,18446744073709551615,0,0,0]', '[2,0,8,0,8,0,1]'];
    const imported = importTrace(new BytesSource(new TextEncoder().encode(lines.join('\n'))));
    const trace = readTrace(new BytesSource(encodeTrace(plainHeader, imported?.events ?? [])));
    const [allocated, moved] = [...trace.events()].slice(-2);
    expect(allocated).toMatchObject({ kind: 'allocate', size: 0, far: { address: HIGHEST } });
    expect(moved).toMatchObject({ kind: 'reallocate', oldSize: 0, address: 0, size: 8, far: { oldAddress: HIGHEST } });
  });

  test('bytes at such addresses are out of bounds, and change nothing', () => {
    const timeline = Timeline.open(readTrace(new BytesSource(encodeTrace(plainHeader, [space, allocate(HIGHEST, 8)]))));
    timeline.seek(1);
    expect(timeline.faults().faults.map(({ code }) => code)).toEqual(['trace.out-of-bounds']);
    expect(timeline.space(1)?.blocks.count).toBe(0);
    expect(timeline.space(1)?.size).toBe(0);
  });
});
