import { expect, test } from 'vitest';
import { at } from '../../../../engine/core/memory/memory.ts';
import { textOfStable } from '../../../../engine/motoko/stable-variables/text.ts';
import type { StableValue } from '../../../../engine/motoko/stable-variables/value.ts';

const span = { start: at(0, 0), length: 1 };
const one = { kind: 'plain', type: 'nat', value: 1n, ...span } as const;
const region = { kind: 'region', id: 17n, pages: 3, blocks: [0], ...span } as const;
const counter = { kind: 'mutable', items: [one], ...span } as const;
const list = { kind: 'mutable', items: [{ kind: 'array', items: [one], ...span }], ...span } as const;
const again = (target: Extract<StableValue, { kind: 'shared' }>['target']) => ({ kind: 'shared', target, ...span }) as const;
const all = (...items: readonly StableValue[]): StableValue => ({ kind: 'array', items, ...span });

test.each([
  [all(region, again(region)), '[region 17, region 17]'],
  [all(counter, again(counter)), '[var 1, var 1]'],
  [all(list, again(list)), '[var [1], (as before)]'],
])('a shared value is written again if it is short', (value, text) => expect(textOfStable(value, new Map())).toBe(text));
