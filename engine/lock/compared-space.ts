import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Space } from '../snapshot/space.ts';
import type { LockedSpace } from './lock.ts';
import type { LockBreak } from './report-break.ts';

/** A space of a snapshot next to what a lock says about it. */
export interface ComparedSpace {
  readonly snapshot: Snapshot;
  readonly part: string;
  readonly space: Space;
  readonly locked: LockedSpace;
  readonly now: LockedSpace;
}

/** Reports a finding about a field of the lock. */
export type ReportField = (code: LockBreak['code'], field: keyof LockedSpace, message: string, wasted?: number) => void;
