import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, type Memory, OutOfMemory, PAGE_SIZE, readBytes } from '../../../../engine/core/memory/memory.ts';
import { Unreadable } from '../../../../engine/core/unreadable.ts';
import { openCell } from '../../../../engine/rust/cell/inspect.ts';
import { Cell } from '../../../../engine/rust/cell/operate.ts';
import { image, sidecar } from '../../../fixtures.ts';
import { workOn } from '../rebuilt.ts';
import { type Sidecar, sha256 } from '../sidecar.ts';
import { findingsOf, virtualMemory } from '../structures.ts';

const utf8 = new TextEncoder();

/** Creates a cell that holds a text, with changed bytes from `place` on. */
function damaged(place: number, ...bytes: readonly number[]): Memory {
  const memory = new BytesMemory();
  Cell.init(memory, utf8.encode('hello'));
  memory.write(at(0, place), Uint8Array.from(bytes));
  return memory;
}

const CELLS = sidecar<Sidecar>('cell-cbor').structures;

test.each(CELLS)('the library’s cell of $item.type in memory $at.memory has the library’s value', ({ at: { memory }, len }) => {
  expect(Cell.init(workOn('cell-cbor', memory), new Uint8Array()).get().length).toBe(len);
});
test.each(CELLS.slice(1))(
  'the value of memory $at.memory, set again, produces the library’s memory',
  ({ at: { memory: id } }) => {
    const theirs = virtualMemory(image('cell-cbor'), id ?? 0);
    const memory = new BytesMemory();
    Cell.init(memory, Cell.init(workOn('cell-cbor', id), new Uint8Array()).get());
    expect([memory.pages, sha256(memory)]).toEqual([theirs.pages, sha256(theirs)]);
  },
);

test('a shorter value leaves stale bytes after it, and the old value is returned', () => {
  const memory = new BytesMemory();
  expect(Cell.init(memory, utf8.encode('longer')).set(utf8.encode('s'))).toEqual(utf8.encode('longer'));
  expect(new TextDecoder().decode(readBytes(memory, at(0, 8), 6))).toBe('songer');
});
test('an empty value takes a page', () => {
  const memory = new BytesMemory();
  Cell.init(memory, new Uint8Array());
  expect(memory.pages).toBe(1);
});
test('a value that exactly fills its pages takes no more pages', () => {
  const memory = new BytesMemory();
  const cell = Cell.init(memory, new Uint8Array(PAGE_SIZE - 8));
  expect(memory.pages).toBe(1);
  cell.set(new Uint8Array(PAGE_SIZE - 7));
  expect(memory.pages).toBe(2);
});
test('a foreign magic is overwritten, as the library does', () =>
  expect(Cell.init(damaged(2, 0x4d), utf8.encode('new')).get()).toEqual(utf8.encode('new')));
test('an unknown version is rejected', () => expect(() => Cell.init(damaged(3, 2), new Uint8Array())).toThrow(Unreadable));
test('a length past the end is rejected', () =>
  expect(() => Cell.init(damaged(4, 0, 0, 1), new Uint8Array())).toThrow(Unreadable));
test('a new cell is created over an old one', () =>
  expect(Cell.new(damaged(3, 2), utf8.encode('new')).get()).toEqual(utf8.encode('new')));
test('if the memory cannot grow, the value stays', () => {
  const cell = Cell.init(new BytesMemory(0, 1), utf8.encode('old'));
  expect(() => cell.set(new Uint8Array(PAGE_SIZE))).toThrow(OutOfMemory);
  expect(cell.get()).toEqual(utf8.encode('old'));
});

law.prop([fc.array(fc.uint8Array({ maxLength: 70_000 }), { minLength: 1, maxLength: 5 })])(
  'the value that was set last is there, without findings',
  (values) => {
    const memory = new BytesMemory();
    const cell = Cell.init(memory, new Uint8Array());
    for (const value of values) cell.set(value);
    expect(cell.get()).toEqual(values.at(-1));
    expect(Cell.init(memory, new Uint8Array()).get()).toEqual(values.at(-1));
    expect(findingsOf((report) => openCell(memory, report)?.scan(report, new Budget()))).toEqual([]);
  },
);
