import { fc } from '@fast-check/vitest';
import { at } from '../../../../engine/core/memory/memory.ts';
import { createAllocator, type PolicyName } from '../../../../engine/motoko/memory-region/policies.ts';
import type { Outcome, TraceEvent } from '../../../../engine/trace/events.ts';

/** The number of the allocator's space in a program's trace. */
export const SPACE = 1;

const choice = fc.record({
  what: fc.constantFrom(
    'allocate',
    'allocate',
    'allocate',
    'deallocate',
    'deallocate',
    'reallocate',
    'begin',
    'end',
    'note',
    'clear',
  ),
  pick: fc.nat(),
  bytes: fc.integer({ min: 1, max: 40 }),
  outcome: fc.constantFrom<Outcome[]>('replied', 'trapped', 'rolled-back', 'rejected'),
  isOdd: fc.integer({ min: 0, max: 400 }),
});
type Choice = typeof choice extends fc.Arbitrary<infer T> ? T : never;

/** Traces of a program that uses an allocator under a policy, within messages and outside. A few addresses are wrong. */
export function programTrace(policy: PolicyName): fc.Arbitrary<readonly TraceEvent[]> {
  return fc.array(choice, { maxLength: 150, size: 'max' }).map((choices) => eventsOf(policy, choices));
}

/** Returns the events within a message that ends like this. */
export function messagesOf(events: readonly TraceEvent[], outcome: Outcome): readonly TraceEvent[] {
  return [begin(1), ...events, end(1, outcome)];
}

interface Program {
  readonly allocator: ReturnType<typeof createAllocator>;
  readonly live: readonly (readonly [address: number, size: number])[];
}

function eventsOf(policy: PolicyName, choices: readonly Choice[]): readonly TraceEvent[] {
  const events: TraceEvent[] = [
    { kind: 'space', space: SPACE, spaceKind: 'memory-region', name: 0, params: { region: 16, policy } },
  ];
  let { allocator, live }: Program = { allocator: createAllocator(policy), live: [] };
  const open: { readonly message: number; readonly before: Program }[] = [];
  for (const [index, { what, pick, bytes, outcome, isOdd }] of choices.entries()) {
    const block = live[pick % Math.max(1, live.length)];
    if (what === 'allocate' || (what !== 'note' && what !== 'begin' && what !== 'end' && what !== 'clear' && !block)) {
      const given = allocator.allocate(bytes);
      if (!given.ok) continue;
      const address = isOdd === 0 ? at(given.value, 3) : given.value;
      live = [...live, [address, bytes]];
      events.push({ kind: 'allocate', space: SPACE, address, size: bytes, requested: undefined, stack: undefined });
    } else if (what === 'deallocate' && block) {
      const [address, size] = block;
      if (!allocator.deallocate(at(0, address), size).ok) continue;
      live = live.filter((other) => other !== block);
      events.push({ kind: 'deallocate', space: SPACE, address: at(0, address), size, stack: undefined });
    } else if (what === 'reallocate' && block) {
      const [oldAddress, oldSize] = block;
      const moved = allocator.reallocate(at(0, oldAddress), oldSize, bytes);
      if (!moved.ok) continue;
      live = live.map((other) => (other === block ? [moved.value, bytes] : other));
      events.push({
        kind: 'reallocate',
        space: SPACE,
        oldAddress: at(0, oldAddress),
        oldSize,
        address: moved.value,
        size: bytes,
        stack: undefined,
      });
    } else if (what === 'clear' && isOdd < 100) {
      allocator.clear();
      live = [];
      events.push({ kind: 'free', space: SPACE, keep: undefined });
    } else if (what === 'begin') {
      events.push(begin(index));
      open.push({ message: index, before: { allocator: allocator.copy(), live } });
    } else if (what === 'end') {
      const ended = open.pop();
      if (!ended) continue;
      events.push(end(ended.message, outcome));
      if (outcome === 'trapped' || outcome === 'rolled-back') ({ allocator, live } = ended.before);
    } else if (what === 'note') events.push({ kind: 'note', text: `note ${index}` });
  }
  return events;
}

function begin(message: number): TraceEvent {
  return { kind: 'begin', message, messageKind: 'update', name: 0, time: undefined, instructions: undefined };
}

function end(message: number, outcome: Outcome): TraceEvent {
  return { kind: 'end', message, outcome, time: undefined, instructions: undefined, text: undefined };
}
