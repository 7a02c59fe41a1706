import type { ChangeKind } from '../../engine/views/diff/calls.ts';

/** Signs of the kinds of change, and their words. No kind is told by its colour alone. */
export const SIGNS: Readonly<Record<ChangeKind, string>> = { added: '+', removed: '−', changed: '~' };
export const CHANGE_KINDS = ['added', 'removed', 'changed'] as const satisfies readonly ChangeKind[];
