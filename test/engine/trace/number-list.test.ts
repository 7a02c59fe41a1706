import { fc, test as law } from '@fast-check/vitest';
import { expect } from 'vitest';
import { NumberList } from '../../../engine/trace/number-list.ts';

const runs = fc.array(fc.record({ from: fc.nat(2 ** 31), far: fc.boolean(), count: fc.integer({ min: 1, max: 9000 }) }), {
  maxLength: 8,
});

law.prop([runs, fc.nat(), fc.maxSafeNat()], { numRuns: 50 })('a list has what was pushed', (parts, place, value) => {
  const plain: number[] = [];
  const list = NumberList.counts();
  for (const { from, far, count } of parts)
    for (let index = 0; index < count; index++) plain.push((far ? 2 ** 40 : 0) + from + index);
  for (const number of plain) list.push(number);
  expect(list.length).toBe(plain.length);
  expect([...list.toArray()]).toEqual(plain);
  expect(plain.every((number, index) => list.at(index) === number)).toBe(true);
  if (plain.length === 0) return;
  const index = place % plain.length;
  list.set(index, plain[0] ?? 0);
  expect(list.at(index) === plain[0] || (plain[0] ?? 0) > 2 ** 32).toBe(true);
  const sorted = NumberList.counts();
  for (const number of plain.toSorted((left, right) => left - right)) sorted.push(number);
  expect(sorted.rank(value)).toBe(plain.filter((number) => number <= value).length);
});

law.prop([fc.array(fc.nat(255), { maxLength: 40_000 })], { numRuns: 20 })('a list of bytes has what was pushed', (plain) => {
  const list = NumberList.bytes();
  for (const number of plain) list.push(number);
  expect([...list.toArray()]).toEqual(plain);
});
