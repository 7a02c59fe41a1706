import { test } from 'vitest';
import { followHeap } from './heap.ts';

// In a separate process: after compiling with enhanced persistence, the compiler always tags numbers differently.
test('the records on the heap of classical persistence have the values of the program', () => {
  followHeap('classicOP', 4);
});
