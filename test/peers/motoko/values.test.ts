import { test } from 'vitest';
import { followValues } from './values.ts';

test('stable variables of every type have their values on the heap of enhanced persistence', () => {
  followValues('enhancedOP');
});
