import { test } from 'vitest';
import { followValues } from './values.ts';

// In a separate process: after compiling with enhanced persistence, the compiler always tags numbers differently.
test.each(['copying', 'marking', 'generational', 'incremental'] as const)(
  'stable variables of every type say on the heap of classical persistence what the program keeps in them, with the %s collector',
  (collector) => followValues('classicOP', collector),
);
