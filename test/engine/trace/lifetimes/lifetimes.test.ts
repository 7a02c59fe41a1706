import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { BytesSource } from '../../../../engine/core/memory/source.ts';
import { finish } from '../../../../engine/core/slices.ts';
import { type Lifetimes, readLifetimes } from '../../../../engine/trace/analysis/lifetimes/lifetimes.ts';
import type { SpaceLife } from '../../../../engine/trace/analysis/lifetimes/space-life.ts';
import { History } from '../../../../engine/trace/history.ts';
import { openTrace } from '../../../../engine/trace/import/import.ts';
import type { SpaceState } from '../../../../engine/trace/state/allocation-state.ts';
import type { Trace } from '../../../../engine/trace/trace.ts';
import { plainHeader, wildEvent } from '../arbitraries.ts';
import { recordedTrace, traceOf } from '../fixtures.ts';
import { randomTrace } from '../naive.ts';
import { crowdedTrace } from './crowded.ts';

const FIXTURES = join(import.meta.dirname, '../../../fixtures/traces');

/** Live blocks, size and pages in one comparable form. */
interface View {
  readonly blocks: readonly string[];
  readonly size: number;
  readonly pages: number | undefined;
}

function viewOfState({ blocks, size, pages }: SpaceState): View {
  return { blocks: [...blocks.from(0)].map((block) => `${block.address}+${block.size} #${block.step}`).sort(), size, pages };
}

function viewOfLife({ records, sizes, pages }: SpaceLife, step: number): View {
  const blocks = [...records.liveAt(step)].map(
    (record) => `${records.addressOf(record)}+${records.sizeOf(record)} #${records.bornOf(record)}`,
  );
  const found = pages.at(step);
  return { blocks: blocks.sort(), size: sizes.at(step), pages: found === -1 ? undefined : found };
}

/** Compares all spaces after a step. A space that the state does not have yet must be empty. */
function expectSame(lifetimes: Lifetimes, history: History, step: number): void {
  const { spaces } = history.after(step);
  for (const life of lifetimes.spaces) {
    const state = spaces.get(life.identity);
    const found = viewOfLife(life, step);
    if (state)
      expect({ step, identity: life.identity, ...found }).toEqual({ step, identity: life.identity, ...viewOfState(state) });
    else expect(found.blocks).toEqual([]);
  }
  for (const [identity] of spaces.entries()) expect(lifetimes.spaces.map((life) => life.identity)).toContain(identity);
}

function expectSameEverywhere(trace: Trace, steps: Iterable<number>): void {
  const lifetimes = finish(readLifetimes(trace));
  const history = new History(trace);
  for (const step of steps) expectSame(lifetimes, history, step);
}

function* upTo(steps: number, by = 1): Generator<number> {
  for (let step = 0; step <= steps; step += by) yield step;
  yield steps;
}

describe('the live blocks of every step are those of the allocation state', () => {
  law.prop([fc.constantFrom('physical' as const, 'virtual' as const, 'region' as const).chain(randomTrace)], { numRuns: 300 })(
    'of traces that a program could have recorded',
    (events) => {
      const trace = traceOf(events);
      expectSameEverywhere(trace, upTo(trace.steps));
    },
  );

  law.prop([fc.array(wildEvent, { maxLength: 80 }), fc.array(wildEvent, { maxLength: 30 })], { numRuns: 500 })(
    'of wild traces with two headers',
    (events, more) => {
      const trace = traceOf(events, plainHeader, more);
      expectSameEverywhere(trace, upTo(trace.steps));
    },
  );

  law.prop([crowdedTrace], { numRuns: 1_000 })('of crowded traces', (events) => {
    const trace = traceOf(events);
    expectSameEverywhere(trace, upTo(trace.steps));
  });

  test.each(
    readdirSync(FIXTURES)
      .filter((name) => name.endsWith('.jsonl.gz'))
      .map((name) => name.slice(0, -'.jsonl.gz'.length)),
  )('of %s', (name) => {
    const trace = recordedTrace(name);
    expectSameEverywhere(trace, upTo(trace.steps, 97));
  });

  test('of a trace that a person wrote', () => {
    const trace = openTrace(new BytesSource(readFileSync(join(FIXTURES, 'hand-written.smtrace.jsonl'))));
    expectSameEverywhere(trace, upTo(trace.steps));
  });
});
