import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { readYaml } from '../../../engine/project/yaml.ts';

describe('YAML', () => {
  test.each<[string, unknown]>([
    ['a: 1\nb: two words', { a: '1', b: 'two words' }],
    ['a: "x # y" # z', { a: 'x # y' }],
    ["a: 'it' # z", { a: 'it' }],
    ["a: it's", { a: "it's" }],
    ['# only\n---\na: b', { a: 'b' }],
    ['a:\n  b:\n    c: d\ne: f', { a: { b: { c: 'd' } }, e: 'f' }],
    ['a:\n- b\n- c', { a: ['b', 'c'] }],
    ['a:\n  - b: 1\n    c: 2\n  - d', { a: [{ b: '1', c: '2' }, 'd'] }],
    ['- - a\n  - b\n- c', [['a', 'b'], 'c']],
    ['-\n  a: b', [{ a: 'b' }]],
    ['a: [b, "c", d]', { a: ['b', 'c', 'd'] }],
    ['a: |\n  b: c\n  d\ne: f', { a: 'b: c\nd', e: 'f' }],
    ['"a b": c', { 'a b': 'c' }],
    ['a: @dfinity/rust@v1', { a: '@dfinity/rust@v1' }],
    ['a: http://x:1/', { a: 'http://x:1/' }],
    ['a:\r\n  b: c\r\n', { a: { b: 'c' } }],
    ['', ''],
  ])('%j', (text, expected) => expect(readYaml(text)).toEqual(expected));

  const piece = fc.constantFrom('- ', 'a:', ' b', '\n', '\n  ', '"', "'", '#', '[', ']', '|', '- - ', '\t', '{', '}', ':');
  property.prop([fc.array(piece)])('no text makes it throw', (pieces) => void readYaml(pieces.join('')));
  test('text that nests deeply ends', () => {
    readYaml(Array.from({ length: 5_000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'));
    readYaml('- '.repeat(10_000));
  });
});
