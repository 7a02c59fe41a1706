import { test } from 'vitest';
import { followValues } from './values.ts';

// In a process of its own: once asked for enhanced persistence, the compiler tags numbers otherwise ever after.
test.each(['copying', 'marking', 'generational', 'incremental'] as const)(
  'stable variables of every type say on the heap of classical persistence what the program keeps in them, with the %s collector',
  (collector) => followValues('classicOP', collector),
);
