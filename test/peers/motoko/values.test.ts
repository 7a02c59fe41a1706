import { test } from 'vitest';
import { followValues } from './values.ts';

test('stable variables of every type have the values of the program on the heap of enhanced persistence', () => {
  followValues('enhancedOP');
});
