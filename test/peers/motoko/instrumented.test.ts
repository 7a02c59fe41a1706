/** Instrumented programs do what they did before. */
import { fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { OverlayMemory } from '../../../engine/core/memory/overlay.ts';
import { instrument } from '../../../engine/recorder/instrument/instrument.ts';
import { readFunctionNames } from '../../../engine/recorder/instrument/names.ts';
import { blob, fixed, littleEndian, message, nat64 } from './candid.ts';
import { Canister } from './canister.ts';
import { compile, type Persistence, type Program } from './compile.ts';
import { expectSameImage } from './images.ts';
import { prepared } from './prepare.ts';
import { compileWasm } from './web-assembly.ts';

/** Arguments of `keep`. */
const KEPT = fc.record({
  natural: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  text: fc.string({ unit: 'grapheme', maxLength: 40 }),
  pages: fc.nat({ max: 60 }),
});

/** Returns the pages of 4 KiB that differ. */
function changedPages(before: Uint8Array, after: Uint8Array): readonly number[] {
  const pages: number[] = [];
  for (let start = 0; start < after.length; start += 4096) {
    if (Buffer.compare(before.subarray(start, start + 4096), after.subarray(start, start + 4096)) !== 0) pages.push(start / 4096);
  }
  return pages;
}

function instrumented(program: Program): Program {
  const result = instrument(prepared(program.wasm));
  if (!result.ok) throw new Error(result.problem);
  expect(result.info.memory64).toBe(program.persistence === 'enhancedOP');
  return { ...program, module: compileWasm(result.bytes) };
}

// The compiler cannot switch back from classical to enhanced persistence.
test.each<Persistence>(['enhancedOP', 'classicOP'])('%s: memories are equal after every call', (persistence) => {
  const program = compile('variables.mo', persistence);
  const plain = new Canister(program, new OverlayMemory());
  const touched = new Set<number>();
  const smd = {
    touch: (first: number, last: number) => {
      for (let page = first; page <= last; page++) touched.add(page);
    },
    tick: () => {},
    mayGrow: () => 1,
  };
  const changed = new Canister(instrumented(program), new OverlayMemory(), { smd });
  const expectSame = () => {
    expectSameImage(changed.stable, plain.stable);
    expect(Buffer.compare(changed.main, plain.main)).toBe(0);
  };
  expectSame();
  const before = changed.main.slice();
  touched.clear();
  for (const { natural, text, pages } of fc.sample(KEPT, { seed: 1, numRuns: 12 })) {
    const small = fixed('Int64', littleEndian(natural));
    const float = fixed('Float', new Uint8Array(8));
    const argument = message(nat64(natural), small, float, blob(Buffer.from(text)), nat64(pages));
    plain.call('keep', argument);
    changed.call('keep', argument);
    expectSame();
  }
  const pages = changedPages(before, changed.main);
  expect(pages.length).toBeGreaterThan(1);
  expect(pages.filter((page) => !touched.has(page))).toEqual([]);
  plain.preUpgrade();
  changed.preUpgrade();
  expectSame();
});

test('the functions of a program have names', () => {
  const names = new Set(readFunctionNames(compile('variables.mo', 'classicOP').wasm).values());
  expect(names).toContain('keep');
  expect(names).toContain('pre_upgrade');
});
