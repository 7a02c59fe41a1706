import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { StepNumbers } from '../../../engine/trace/step-numbers.ts';

test.prop([fc.array(fc.boolean(), { maxLength: 200, size: 'max' })])(
  'the number of each step, and the event of each, are those of a count',
  (events) => {
    const numbers = new StepNumbers();
    for (const isStep of events) numbers.add(isStep);
    const steps = events.flatMap((isStep, event) => (isStep ? [event] : []));
    expect([numbers.events, numbers.steps]).toEqual([events.length, steps.length]);
    for (const [event, isStep] of events.entries()) {
      expect(numbers.isStep(event)).toBe(isStep);
      expect(numbers.upTo(event)).toBe(steps.filter((step) => step <= event).length);
    }
    for (const [index, event] of steps.entries()) expect(numbers.eventOf(index + 1)).toBe(event);
    expect([numbers.eventOf(0), numbers.eventOf(steps.length + 1)]).toEqual([0, events.length]);
  },
);
