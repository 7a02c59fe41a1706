import { expect } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import { OverlayMemory } from '../../../engine/core/memory/overlay.ts';
import { BytesSource, SourceMemory } from '../../../engine/core/memory/source.ts';
import { textOfTyped } from '../../../engine/motoko/heap/text.ts';
import { TypedHeap } from '../../../engine/motoko/heap/typed.ts';
import { findVariables } from '../../../engine/motoko/heap/variables.ts';
import { findMadeRecords } from '../../../engine/motoko/program/persisted.ts';
import { parseSignature } from '../../../engine/motoko/signature/parse.ts';
import { readModuleTexts } from '../../../engine/motoko/stable-types.ts';
import { message, nat64 } from './candid.ts';
import { Canister } from './canister.ts';
import { type Collector, compile, type Persistence, type Program } from './compile.ts';

/**
 * Returns the text of every variable of `values.mo` after `count` calls of `fill`, each with its index, and `stretched` calls of
 * `stretch`.
 */
function expected(count: number, stretched: number) {
  const names = Array.from({ length: count }, (_, index) => String(count - 1 - index));
  return {
    arr: '[1, 2, 3]',
    async_: '{ for_ = 1 }',
    big: String(2n ** 200n),
    blob: '"\\00\\ff"',
    bytes: '[1, 255]',
    callback: count === 0 ? 'null' : '?aaaaa-aa.go',
    chain: count === 0 ? 'null' : expect.stringMatching(`^\\?{ name = "${count - 1}"; type_ = \\?{ name = "${count - 2}"; type_`),
    chr: "'💸'",
    flt: '1.5',
    i16: '-30000',
    i32: '-2000000000',
    i32s: '-3',
    i64: '-9000000000000000000',
    i64s: '-1',
    i8: '-100',
    list:
      count === 0
        ? 'null'
        : expect.stringContaining(
            `list of ${count.toLocaleString('en')} [${names
              .slice(0, 20)
              .map((name) => `"${name}"`)
              .join(', ')}, `,
          ),
    lists: 'list of 2 [list of 2 [1, 2], null]',
    map: expect.stringMatching(
      count === 0 ? /^{ root = #leaf\(/ : /^{ root = #internal\({ children = .*\("0", 0\), .*\("1", 1\)/,
    ),
    n16: '60000',
    n32: '4000000000',
    n32s: '3',
    n64: '18000000000000000000',
    n64s: String(5 + count),
    n8: '200',
    nat: '7',
    neg: String(-(2n ** 90n)),
    no: 'false',
    none: 'null',
    nul: 'null',
    opt: '?3',
    optnull: '?null',
    optopt: '??null',
    pair: '(1, "two", 3)',
    prin: '2vxsx-fae',
    r: 'region 16',
    rec: '{ a = 1; b = "x"; c = { d = true } }',
    service: count === 0 ? 'null' : '?aaaaa-aa',
    title: `"abc${count === 0 ? '' : 'def'}${'é'.repeat(stretched)}"`,
    tree: '#node({ key = 9; left = #leaf; right = #node({ key = 10; left = #leaf; right = #leaf }) })',
    unit: '()',
    v: '#t(3, "x")',
    varr: '["a", "b"]',
    yes: 'true',
  };
}

function variablesOf({ main }: Canister, { wasm }: Program): Readonly<Record<string, string>> {
  const module = new BytesSource(wasm);
  const signature = parseSignature(readModuleTexts(module).stableTypes ?? '');
  if (signature === undefined) throw new Error('The signature cannot be read.');
  const found = findVariables(new SourceMemory(new BytesSource(main)), { signature, records: findMadeRecords(module) });
  if (typeof found === 'string') throw new Error(found);
  const typed = new TypedHeap(found.heap, signature);
  return Object.fromEntries(
    found.variables.map(({ name, value }) => [name, textOfTyped(typed, value, 400, new Budget({ steps: 100_000 }))]),
  );
}

/** Lets the actor of `values.mo` change its variables and make garbage, and reads them from its heap after each message. */
export function followValues(persistence: Persistence, collector?: Collector): void {
  const program = compile('values.mo', persistence, collector);
  const canister = new Canister(program, new OverlayMemory());
  const check = (count: number, stretched: number): void =>
    expect(variablesOf(canister, program)).toEqual(expected(count, stretched));
  check(0, 0);
  canister.call('fill', message(nat64(1_500)));
  check(1_500, 0);
  canister.call('stretch', message(nat64(70)));
  for (let round = 0; round < 4; round++) {
    canister.call('churn', message(nat64(50_000)));
    check(1_500, 70);
  }
  canister.preUpgrade();
  // With classical persistence the heap is no longer usable now.
  if (persistence === 'enhancedOP') check(1_500, 70);
  canister.postUpgrade();
  check(1_500, 70);
}
