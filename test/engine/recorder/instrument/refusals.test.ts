/** A module that cannot be instrumented yields a sentence that names what is in the way. */
import { expect, test } from 'vitest';
import { i32Const, unsigned } from '../../../../engine/recorder/instrument/format/encode.ts';
import { assemble, END, FUNCREF, functionType, I32, section, text, V128 } from './assemble.ts';
import { instrumented, problemOf } from './host.ts';

const HEADER = assemble({});
const withSections = (...sections: readonly (readonly number[])[]) => Uint8Array.from([...HEADER, ...sections.flat()]);
const importing = (...description: readonly number[]) =>
  withSections(section(2, [1, ...text('env'), ...text('it'), ...description]));

test.each<readonly [string, Uint8Array, string]>([
  ['no bytes', new Uint8Array(), 'The file is not a WebAssembly module.'],
  ['a text', new TextEncoder().encode('(module)'), 'The file is not a WebAssembly module.'],
  ['another version', Uint8Array.of(0, 0x61, 0x73, 0x6d, 2, 0, 0, 0), 'The file is not a WebAssembly module.'],
  ['a section that is cut', withSections([1, 5, 0]), 'it ends too early'],
  ['a section twice', withSections(section(1, [0]), section(1, [0])), 'section 1 comes too late or twice'],
  ['a section too late', withSections(section(7, [0]), section(1, [0])), 'section 1 comes too late or twice'],
  ['a section of tags', withSections(section(13, [0])), 'a section of kind 13, which this version does not know'],
  ['more than a section holds', withSections(section(1, [0, 0])), 'the type section cannot be read, because it is longer'],
  ['two memories', withSections(section(5, [2, 0, 1, 0, 1])), 'it has more than one memory'],
  ['a shared memory', withSections(section(5, [1, 3, 1, 1])), 'it has a shared memory'],
  ['pages of another size', withSections(section(5, [1, 8, 1, 0])), 'it has a memory with unknown limits (0x8)'],
  ['an imported memory', importing(2, 0, 1), 'it imports "env" "it", which is not a function'],
  ['an imported table', importing(1, FUNCREF, 0, 1), 'it imports "env" "it", which is not a function'],
  ['an imported global', importing(3, I32, 0), 'it imports "env" "it", which is not a function'],
  ['a vector', assemble({ globals: [[V128, 1, 0xfd, 12, ...new Array(16).fill(0), END]] }), 'a mutable global of type v128'],
  ['a type of structures', withSections(section(1, [1, 0x5f, 0])), "it has a type that is not a function's (0x5f)"],
  ['a table of typed references', withSections(section(4, [1, 0x64, 0, 0, 1])), 'it has a table of an unknown kind (0x64)'],
  [
    'an unknown instruction',
    assemble({ types: [functionType([])], functions: [{ type: 0, code: [0xfe, 0x03, 0x00] }] }),
    'function 0 has an instruction that this version does not know (fe)',
  ],
  [
    'functions without code',
    withSections(section(1, [1, ...functionType([])]), section(3, [1, 0])),
    'it has 0 functions and not 1',
  ],
  ['a function without a type', withSections(section(3, [1, 9])), 'a function has type 9, which does not exist'],
  ['an expression without an end', withSections(section(6, [1, I32, 0, ...i32Const(1)])), 'an expression does not end'],
  ['a segment of elements of form 8', withSections(section(9, [1, 8])), 'a segment has the form 8, which does not exist'],
  ['a number that is too long', withSections(section(1, new Array(11).fill(0x80))), 'a number is too long'],
  ['a number that is too large', withSections(section(1, [0xff, 0xff, 0xff, 0xff, 0x7f])), 'a number is too large'],
  [
    'an export that instrumentation adds',
    assemble({ globals: [[I32, 0, ...i32Const(1), END]], exports: [{ name: 'smd:path', kind: 3, index: 0 }] }),
    'it exports "smd:path". It looks instrumented already',
  ],
])('%s', (_, module, problem) => {
  expect(problemOf(module)).toContain(problem);
});

test('a module with too many different stores', () => {
  const code = Array.from({ length: 100_001 }, (_, offset) => [
    ...i32Const(0),
    ...i32Const(0),
    0x3a,
    0,
    ...unsigned(offset),
  ]).flat();
  const module = assemble({ types: [functionType([])], memories: [[0, 1]], functions: [{ type: 0, code }] });
  expect(problemOf(module)).toContain('it writes to memory in more than 100,000 different ways');
});

test('a module is not instrumented twice', () => {
  expect(problemOf(instrumented(assemble({})).bytes)).toContain('looks instrumented already');
});
