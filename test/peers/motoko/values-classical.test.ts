import { test } from 'vitest';
import { followValues } from './values.ts';

// Runs in its own process: after compiling for enhanced persistence, the compiler always tags numbers differently.
test.each(['copying', 'marking', 'generational', 'incremental'] as const)(
  'stable variables of every type have their values on the heap of classical persistence, with the %s collector',
  (collector) => followValues('classicOP', collector),
);
