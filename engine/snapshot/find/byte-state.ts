import type { OwnerKind } from '../../core/owner-kinds.ts';
import type { ImageOwner } from '../owners.ts';

/** The use of bytes: `free` ones may be given out again, `residual` ones are left over and nothing leads to them. */
export type ByteState = 'live' | 'free' | 'residual';

const FREE: ReadonlySet<OwnerKind> = new Set(['free', 'free-chunk', 'free-block']);
const RESIDUAL: ReadonlySet<OwnerKind> = new Set([
  'slack',
  'unused',
  'unmanaged',
  'leaked',
  'leaked-node',
  'stale-chunk',
  'remains',
  'zeros',
  'reserved',
]);

/** Fields that nothing has written to. */
const DISUSED_FIELDS: ReadonlySet<string | undefined> = new Set(['unused', 'never written']);

/** Returns the state of a byte by its owners, outermost first: the outermost one that is not in use decides. */
export function stateOf(owners: readonly ImageOwner[]): ByteState {
  for (const { kind, name } of owners) {
    if (FREE.has(kind)) return 'free';
    if (RESIDUAL.has(kind) || DISUSED_FIELDS.has(name)) return 'residual';
  }
  return 'live';
}
