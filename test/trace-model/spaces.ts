/** The model of the spaces of a trace: what a number refers to, and how a trace's memories are recorded. */
import type { SpaceKind, SpaceParams, TraceEvent } from '../../engine/trace/events.ts';
import type { Item } from './items.ts';
import type { Reuse } from './manager.ts';

export interface Space {
  readonly number: number;
  readonly kind: SpaceKind;
  readonly params: SpaceParams;
  /** What the number refers to. Another number can refer to the same under another header. */
  readonly identity: string;
  /** The memory with the bytes at the space's addresses. A memory-region's addresses are those of its region. */
  readonly content: string;
  /** The id of a manager's virtual memory. */
  readonly memory: number | undefined;
}

/** The physical memory, which needs no declaration. */
export const PHYSICAL = spaceOf(0, 'physical', {});

/**
 * Names the space by the memory's or region's own number. Spaces that have none are the same as those with the same kind and number:
 * the specification is silent about them, and a recorder gives the same numbers again.
 */
export function spaceOf(number: number, kind: SpaceKind, params: SpaceParams): Space {
  const { memory, region } = params;
  const names: Readonly<Partial<Record<SpaceKind, string | undefined>>> = {
    physical: 'physical memory',
    'virtual-memory': memory === undefined ? undefined : `memory ${memory}`,
    region: region === undefined ? undefined : `region ${region}`,
    'memory-region': region === undefined ? undefined : `memory blocks of region ${region}`,
  };
  const identity = names[kind] ?? `${kind} with the number ${number}`;
  const content = kind === 'memory-region' && region !== undefined ? `region ${region}` : identity;
  return { number, kind, params, identity, content, memory: typeof memory === 'number' ? memory : undefined };
}

/**
 * How a trace records memories. `physical`: the physical memory itself, so that writes to other spaces are already in it. `composed`: as
 * a memory manager with buckets of so many pages lays out the virtual memories. `separate`: each for itself, without a physical memory.
 */
export type Recorded =
  | { readonly kind: 'physical' }
  | { readonly kind: 'composed'; readonly bucketPages: number; readonly reuse: Reuse }
  | { readonly kind: 'separate' };

export function recordedBy(items: readonly Item[]): Recorded {
  const touchesPhysical = (event: Item): boolean => (event.kind === 'grow' || event.kind === 'write') && event.space === 0;
  if (items.some(touchesPhysical)) return { kind: 'physical' };
  const virtual = items.flatMap((item) => (item.kind === 'space' && item.spaceKind === 'virtual-memory' ? [item.params] : []));
  // A manager has one bucket size, and one policy for freed buckets. The first that is declared counts for all.
  const bucketPages = virtual.map((params) => params['bucketPages']).find((pages) => typeof pages === 'number');
  if (bucketPages === undefined) return { kind: 'separate' };
  return { kind: 'composed', bucketPages, reuse: declaredReuse(virtual) ?? (freesMemory(items) ? 'lowest-first' : 'never') };
}

function declaredReuse(virtual: readonly SpaceParams[]): Reuse | undefined {
  const names = ['never', 'lowest-first', 'ascending'] as const;
  for (const { reuse } of virtual) {
    const named = names.find((name) => name === reuse);
    if (named) return named;
  }
  return undefined;
}

function freesMemory(items: readonly Item[]): boolean {
  let kinds = new Map<number, SpaceKind>();
  for (const item of items) {
    if (item.kind === 'header') kinds = new Map();
    if (item.kind === 'space') kinds.set(item.space, item.spaceKind);
    if (item.kind === 'free' && kinds.get(item.space) === 'virtual-memory') return true;
  }
  return false;
}

/** Returns true for events that are steps. */
export function isStepOf(event: TraceEvent): boolean {
  const kinds = ['grow', 'write', 'read', 'allocate', 'deallocate', 'reallocate', 'free'];
  return kinds.includes(event.kind) || undoes(event);
}

function undoes(event: TraceEvent): boolean {
  return event.kind === 'end' && (event.outcome === 'rolled-back' || event.outcome === 'trapped');
}
