/** Modules that compilers made. Those of Motoko's are in `test/peers/motoko/instrumented.test.ts`. */
import { expect, test } from 'vitest';
import { instrument } from '../../../../engine/recorder/instrument/instrument.ts';
import { processorTime } from '../../../patience.ts';
import { instrumented } from './host.ts';
import { REAL_MODULE } from './real-module.ts';

test('a large module stays valid, and grows little', () => {
  const { bytes, info } = instrumented(REAL_MODULE);
  expect(info.functions).toBeGreaterThan(500);
  expect(bytes.length).toBeLessThan(1.3 * REAL_MODULE.length);
});

test('it does not take long', () => {
  expect(processorTime(() => instrument(REAL_MODULE), 500)).toBeLessThan(3000);
});
