import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, type Memory, OutOfMemory, PAGE_SIZE, readBytes } from '../../../../engine/core/memory/memory.ts';
import { Unreadable } from '../../../../engine/core/unreadable.ts';
import { openLog } from '../../../../engine/rust/log/inspect.ts';
import { Log } from '../../../../engine/rust/log/operate.ts';
import { image } from '../../../fixtures.ts';
import { listed, workOn } from '../rebuilt.ts';
import { sha256 } from '../sidecar.ts';
import { findingsOf, virtualMemory } from '../structures.ts';

const utf8 = new TextEncoder();

/** Appends entries to a new log over two memories. */
function appended(entries: readonly Uint8Array[]): { log: Log; index: BytesMemory; data: BytesMemory } {
  const [index, data] = [new BytesMemory(), new BytesMemory()];
  const log = Log.init(index, data);
  for (const entry of entries) log.append(entry);
  return { log, index, data };
}

describe.each(listed('log', ['corrupt-base']))('$name', ({ name, structure: { at: where }, items }) => {
  const [indexId = 0, dataId = 0] = [where.index_memory, where.data_memory];

  test('the library’s entries, appended one by one, produce the library’s memories', () => {
    const { index, data } = appended(items);
    expect(sha256(index)).toBe(sha256(virtualMemory(image(name), indexId)));
    expect(sha256(data)).toBe(sha256(virtualMemory(image(name), dataId)));
  });
  test('the library’s memories have the library’s entries', () => {
    expect([...Log.init(workOn(name, indexId), workOn(name, dataId)).entries()]).toEqual(items);
  });
});

test('appending to a log of the library continues at its end', () => {
  const [index, data] = [workOn('log-10k', 0), workOn('log-10k', 1)];
  const log = Log.init(index, data);
  const [length, indexSize, dataSize] = [log.length, log.indexSize, log.dataSize];
  expect(log.append(utf8.encode('more'))).toBe(length);
  expect([length, log.indexSize - indexSize, log.dataSize - dataSize]).toEqual([10_000, 8, 4]);
  expect(log.get(length)).toEqual(utf8.encode('more'));
});
test('clearing sets the count to 0, and the rest stays', () => {
  const { log, index, data } = appended([utf8.encode('one'), utf8.encode('two')]);
  log.clear();
  expect([log.length, log.indexSize, log.dataSize, log.get(0)]).toEqual([0, 40, 32, undefined]);
  expect(readBytes(data, at(0, 32), 6)).toEqual(utf8.encode('onetwo'));
  expect([...readBytes(index, at(0, 40), 16)].filter((byte) => byte > 0)).toEqual([3, 6]);
});
test('a foreign data memory causes a new log over both memories', () => {
  const { index, data } = appended([utf8.encode('one')]);
  data.write(at(0, 0), utf8.encode('GLX'));
  expect(Log.init(index, data).length).toBe(0);
});

const REFUSED: readonly [string, (index: Memory, data: Memory) => void][] = [
  ['a foreign index', (index) => index.write(at(0, 2), utf8.encode('X'))],
  ['an unknown version of the index', (index) => index.write(at(0, 3), Uint8Array.of(2))],
  ['an unknown version of the data', (_, data) => data.write(at(0, 3), Uint8Array.of(2))],
];
test.each(REFUSED)('%s is rejected', (_, damage) => {
  const { index, data } = appended([]);
  damage(index, data);
  expect(() => Log.init(index, data)).toThrow(Unreadable);
});
test('data without an index is rejected', () => {
  expect(() => Log.init(new BytesMemory(), appended([]).data)).toThrow(Unreadable);
});
test('if the data cannot grow, the count stays', () => {
  const log = Log.init(new BytesMemory(), new BytesMemory(0, 1));
  expect(() => log.append(new Uint8Array(PAGE_SIZE))).toThrow(OutOfMemory);
  expect(log.length).toBe(0);
});

const action = fc.oneof(
  { weight: 8, arbitrary: fc.uint8Array({ maxLength: 30_000, size: 'max' }) },
  { weight: 1, arbitrary: fc.constantFrom('clear' as const, 'reopen' as const) },
);

law.prop([fc.array(action, { maxLength: 40 })], { numRuns: 40 })('it is a list that only grows, without findings', (actions) => {
  const [index, data] = [new BytesMemory(), new BytesMemory()];
  let log = Log.init(index, data);
  const model: Uint8Array[] = [];
  for (const one of actions) {
    if (one === 'clear') {
      log.clear();
      model.length = 0;
    } else if (one === 'reopen') log = Log.init(index, data);
    else expect(log.append(one)).toBe(model.push(one) - 1);
  }
  expect([...log.entries()]).toEqual(model);
  expect(log.dataSize).toBe(model.reduce((sum, { length }) => sum + length, 32));
  expect(findingsOf((report) => openLog(index, data, report)?.scan(report, new Budget()))).toEqual([]);
});
