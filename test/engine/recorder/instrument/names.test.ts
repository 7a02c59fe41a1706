import { expect, test } from 'vitest';
import { readFunctionNames } from '../../../../engine/recorder/instrument/names.ts';
import { assemble, type Code, text, vector } from './assemble.ts';

const part = (id: number, content: Code): Code => [id, content.length, ...content];
const namesOf = (names: Readonly<Record<number, string>>) =>
  vector(Object.entries(names).map(([index, name]) => [Number(index), ...text(name)]));
const moduleWith = (...content: Code) => assemble({ customs: [{ name: 'name', content }] });

test('names of functions, among others', () => {
  const module = moduleWith(
    ...part(0, text('module')),
    ...part(1, namesOf({ 0: 'plain', 3: '_ZN3lib1f17h0123456789abcdefE', 7: '_RNvC1a1b' })),
    ...part(7, namesOf({ 1: 'global' })),
  );
  expect([...readFunctionNames(module)]).toEqual([
    [0, 'plain'],
    [3, 'lib::f'],
    [7, 'a::b'],
  ]);
});

test('a module without names, and bytes that are not a module', () => {
  expect(readFunctionNames(assemble({})).size).toBe(0);
  expect(readFunctionNames(Uint8Array.of(1, 2, 3)).size).toBe(0);
});

test('the names before the damage are read', () => {
  expect([...readFunctionNames(moduleWith(1, 8, 2, 0, ...text('one'), 1, 9))]).toEqual([[0, 'one']]);
});
