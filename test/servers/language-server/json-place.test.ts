import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { placeIn } from '../../../servers/language-server/json-place.ts';

/** Returns a path of keys in a value, chosen by numbers. */
function somePath(json: unknown, choices: readonly number[]): readonly string[] {
  const path: string[] = [];
  let value = json;
  for (const choice of choices) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) break;
    const keys = Object.keys(value);
    const key = keys[choice % Math.max(1, keys.length)];
    if (key === undefined) break;
    path.push(key);
    value = Reflect.get(value, key);
  }
  return path;
}

law.prop([fc.jsonValue({ maxDepth: 5 }), fc.array(fc.nat(), { maxLength: 5 }), fc.constantFrom(0, 2, '\t')])(
  'finds what JSON.parse finds',
  (json, choices, indent) => {
    const text = JSON.stringify(json, undefined, indent);
    const path = somePath(json, choices);
    const { key, value } = placeIn(text, path);
    const wanted = path.reduce<unknown>((inner, name) => Reflect.get(Object(inner), name), json);
    expect(JSON.parse(text.slice(value.start, value.end))).toEqual(JSON.parse(JSON.stringify(wanted)));
    if (path.length > 0) expect(JSON.parse(text.slice(key.start, key.end))).toBe(path.at(-1));
  },
);

law.prop([fc.string(), fc.array(fc.string(), { maxLength: 3 })])('ends on any text', (text, path) => {
  try {
    const { start, end } = placeIn(text, path).value;
    expect(start).toBeLessThanOrEqual(end);
    expect(end).toBeLessThanOrEqual(text.length);
  } catch (error) {
    // A text that is not JSON may have invalid keys.
    expect(error).toBeInstanceOf(SyntaxError);
  }
});

test('a missing member is at its parent, and the last of two members counts', () => {
  const text = '{"a": {"b": 1, "b": 22}, "c": []}';
  const at = (...path: string[]) => text.slice(placeIn(text, path).value.start, placeIn(text, path).value.end);
  expect([at('a', 'b'), at('a', 'x'), at('c', 'x'), at()]).toEqual(['22', '{"b": 1, "b": 22}', '[]', text]);
});
