import { UserError } from '../../../engine/core/user-error.ts';
import { isAllocator, type SpaceState } from '../../../engine/trace/state/allocation-state.ts';
import type { Timeline } from '../../../engine/trace/timeline.ts';
import { AllocatorView } from '../values/allocator-view.ts';
import { type Answer, listAnswer, MAX_LINES } from './answer.ts';

/** Returns the answer to `free-list`, or to `free-list NAME` if there are several allocators: the free blocks in the allocator's order. */
export function freeList(text: string, timeline: Timeline): Answer {
  const state = allocatorOf(text.trim(), timeline);
  const value = new AllocatorView(timeline, state).free();
  const rows = value.items?.read(0, MAX_LINES) ?? [];
  return listAnswer(
    { ...value, text: `free list of ${state.name}: ${value.text}` },
    rows.map((row) => ({ text: `  ${row.label}: ${row.value.text}` })),
  );
}

function allocatorOf(name: string, timeline: Timeline): SpaceState {
  const allocators = timeline.spaces.filter(isAllocator);
  const named = allocators.find((state) => state.name === name || String(state.space) === name);
  const [first] = allocators;
  const state = name === '' ? first : named;
  if (state) return state;
  if (!first) throw new UserError('input', 'Up to this step the trace has no allocator, so there is no free list.');
  throw new UserError('input', `There is no allocator “${name}”. Write ${allocators.map((each) => each.name).join(' or ')}.`);
}
