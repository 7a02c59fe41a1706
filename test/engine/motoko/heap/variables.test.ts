/** Stable variables in the main memory of real canisters: whole, changed and truncated. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fc, test as law } from '@fast-check/vitest';
import { afterAll, describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { BytesSource, SourceMemory } from '../../../../engine/core/memory/source.ts';
import { textOfTyped } from '../../../../engine/motoko/heap/text.ts';
import { TypedHeap } from '../../../../engine/motoko/heap/typed.ts';
import { findVariables, type MotokoProgram } from '../../../../engine/motoko/heap/variables.ts';
import { findMadeRecords } from '../../../../engine/motoko/program/persisted.ts';
import { parseSignature } from '../../../../engine/motoko/signature/parse.ts';
import { readModuleTexts } from '../../../../engine/motoko/stable-types.ts';
import { unpackFolder } from '../../../unpacked-folder.ts';

const FIXTURES = join(import.meta.dirname, '../../../fixtures/field-motoko');
const folders: (() => void)[] = [];
afterAll(() => {
  for (const remove of folders) remove();
});

function bytesOf(name: string) {
  const { folder, remove } = unpackFolder(join(FIXTURES, `${name}.tar.gz`));
  folders.push(remove);
  const [module, memory] = ['wasm_module.bin', 'wasm_memory.bin'].map((file) => new Uint8Array(readFileSync(join(folder, file))));
  if (module === undefined || memory === undefined) throw new Error('The folder has no module or no memory.');
  return { module, memory };
}

function programOf(bytes: Uint8Array): MotokoProgram | undefined {
  const module = new BytesSource(bytes);
  const signature = parseSignature(readModuleTexts(module).stableTypes ?? '');
  return signature && { signature, records: findMadeRecords(module) };
}

function textsOf(program: MotokoProgram | undefined, memory: Uint8Array): Readonly<Record<string, string>> | string {
  const found = program === undefined ? 'no signature' : findVariables(new SourceMemory(new BytesSource(memory)), program);
  if (typeof found === 'string' || program === undefined) return String(found);
  const typed = new TypedHeap(found.heap, program.signature);
  return Object.fromEntries(
    found.variables.map(({ name, value }) => [name, textOfTyped(typed, value, 100, new Budget({ steps: 10_000 }))]),
  );
}

const enhanced = bytesOf('eopvars-running-folder');
const classical = bytesOf('archive-pre-folder');

test('enhanced persistence', () => {
  expect(textsOf(programOf(enhanced.module), enhanced.memory)).toMatchObject({ neg: '-5', users: '[("anna", 1), ("ünï", 2)]' });
});

test('classical persistence', () => {
  expect(textsOf(programOf(classical.module), classical.memory)).toMatchObject({
    GB: '1073741824',
    memory_pages: '2',
    trailing_txs: '400',
    store: expect.stringMatching(
      /^#leaf\({ keyvals = list of 2 \[\({ hash = 10338022; key = 1 }, \[{ offset = 34658; size = 184 }/,
    ),
  });
});

describe.each([
  ['enhanced', enhanced],
  ['classical', classical],
])('of %s persistence, damaged', (_, { module, memory }) => {
  const program = programOf(module);
  /** Start of the heap, by persistence. */
  const heapAt = memory.length - 800_000;

  law.prop([fc.array(fc.record({ at: fc.nat(), byte: fc.nat(255) }), { minLength: 1, maxLength: 200 })])(
    'a changed memory is read without throwing',
    (changes) => {
      const changed = memory.slice();
      for (const { at, byte } of changes) changed[heapAt + (at % (changed.length - heapAt))] = byte;
      expect(() => textsOf(program, changed)).not.toThrow();
    },
  );

  law.prop([fc.nat()])('a cut memory is read without throwing', (length) => {
    expect(() => textsOf(program, memory.subarray(0, length % memory.length))).not.toThrow();
  });

  law.prop([fc.array(fc.record({ at: fc.nat(), byte: fc.nat(255) }), { minLength: 1, maxLength: 50 })])(
    'a changed module is read without throwing',
    (changes) => {
      const changed = module.slice();
      for (const { at, byte } of changes) changed[at % changed.length] = byte;
      expect(() => textsOf(programOf(changed), memory)).not.toThrow();
    },
  );
});

test('a list that leads back to itself ends', () => {
  const program = programOf(enhanced.module);
  const changed = enhanced.memory.slice();
  const words = new BigUint64Array(changed.buffer);
  const whole = textsOf(program, changed);
  if (typeof whole === 'string') throw new Error(whole);
  // The tuple of the list's last item has null as its second item, which is changed to point to the tuple itself.
  const last = words.findIndex(
    (word, index) =>
      index > 5 * 2 ** 17 &&
      word === 7n &&
      words[index + 2] === 2n &&
      words[index + 3] === 2n &&
      words[index + 4] === 2n ** 64n - 5n,
  );
  words[last + 4] = BigInt(8 * last - 1);
  expect(textsOf(program, changed)).toMatchObject({ list: expect.stringContaining('or more [999, 998') });
});
