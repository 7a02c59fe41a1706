import { test } from 'vitest';
import { followValues } from './values.ts';

test('stable variables of every type say on the heap of enhanced persistence what the program keeps in them', () => {
  followValues('enhancedOP');
});
