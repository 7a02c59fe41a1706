import { Budget } from '../../../engine/core/budget.ts';
import { UserError } from '../../../engine/core/user-error.ts';
import { ROLES, type Role } from '../../../engine/snapshot/decoding.ts';
import type { PlacedStructure } from '../../../engine/snapshot/placed.ts';
import type { Snapshot } from '../../../engine/snapshot/snapshot.ts';
import { codecOf } from '../../../engine/values/codecs.ts';
import type { ValueType } from '../../../engine/values/typing/value-type.ts';
import { rolesOf, sampleOf } from '../../../engine/views/decode/decode-report.ts';
import type { Arguments } from '../arguments.ts';

/** Returns the types that the options name. @throws UserError if a type does not exist, or the structure has no keys or no values */
export async function chosenTypes(
  snapshot: Snapshot,
  placed: PlacedStructure,
  args: Arguments,
): Promise<Partial<Record<Role, ValueType>>> {
  const types: Partial<Record<Role, ValueType>> = {};
  const roles = rolesOf(placed, new Budget());
  for (const role of ROLES) {
    const name = args.option(role);
    if (name === undefined) continue;
    if (roles?.includes(role) === false) {
      const [other] = roles;
      const hint = other === undefined ? 'Its elements describe themselves, so they have no other type.' : `Use --${other}.`;
      throw new UserError('input', `${placed.part} has no ${role}s. ${hint}`);
    }
    const { loadType } = await import('../../../servers/types/load-type.ts');
    const type = loadType(name, {
      codec: (codec) => codecOf(codec, snapshot.codecs),
      samples: () => sampleOf(placed, role, new Budget()),
    });
    if ('problem' in type) throw new UserError('input', `--${role}: ${type.problem}`);
    types[role] = type;
  }
  return types;
}
