import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StepSender } from '../../../../webview/timeline/state/step-sender.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function start() {
  const sent: number[] = [];
  return { sent, sender: new StepSender((step) => sent.push(step)) };
}

test('of the steps that come while one is on its way only the newest is sent', () => {
  const { sent, sender } = start();
  for (const step of [1, 2, 3, 4]) sender.send(step);
  expect(sent).toEqual([1]);
  expect(sender.arrived()).toBe(true);
  expect(sent).toEqual([1, 4]);
  expect(sender.arrived()).toBe(false);
  sender.send(5);
  expect(sent).toEqual([1, 4, 5]);
});

test('a step that never arrives does not hold back the others for long', () => {
  const { sent, sender } = start();
  sender.send(1);
  vi.advanceTimersByTime(2_500);
  sender.send(2);
  expect(sent).toEqual([1, 2]);
});
