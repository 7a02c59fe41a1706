import { test } from 'vitest';
import { followHeap } from './heap.ts';

test('the records on the heap of enhanced persistence have the values that the program keeps in them, while the collector moves them', () => {
  followHeap('enhancedOP', 9);
});
