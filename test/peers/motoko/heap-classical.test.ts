import { test } from 'vitest';
import { followHeap } from './heap.ts';

// Runs in its own process: after compiling for enhanced persistence, the compiler always tags numbers differently.
test('the records on the heap of classical persistence have the values that the program keeps in them', () => {
  followHeap('classicOP', 4);
});
