import { test } from 'vitest';
import { followHeap } from './heap.ts';

// In a process of its own: once asked for enhanced persistence, the compiler tags numbers otherwise ever after.
test('the records on the heap of classical persistence say what the program keeps in them', () => {
  followHeap('classicOP', 4);
});
