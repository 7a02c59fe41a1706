import { Budget } from '../../engine/core/budget.ts';
import { UserError } from '../../engine/core/user-error.ts';
import type { Role } from '../../engine/snapshot/decoding.ts';
import type { PlacedStructure } from '../../engine/snapshot/placed.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import { codecOf } from '../../engine/values/codecs.ts';
import type { Arguments } from '../commands/arguments.ts';

/** Options of commands that decode a structure's keys and values. */
export const CODEC_OPTIONS = { key: { type: 'string' }, value: { type: 'string' } } as const;

const ROLES = ['key', 'value'] as const satisfies readonly Role[];

/** Decodes a structure with the codecs that the options name. @throws UserError if there is no such codec */
export function chooseCodecs(snapshot: Snapshot, placed: PlacedStructure, args: Arguments): void {
  for (const role of ROLES) {
    const name = args.option(role);
    if (name === undefined) continue;
    const codec = codecOf(name, snapshot.codecs);
    if (codec === undefined)
      throw new UserError(
        'input',
        `There is no codec "${name}". Try text, bytes, u64-be, principal, candid, cbor or blobify.nat.`,
      );
    snapshot.decoding.choose(placed.part, role, codec);
  }
}

/** Returns the roles for which neither the user chose a codec, nor the program's source declares one that fits. */
export function guessedRoles({ decoding }: Snapshot, placed: PlacedStructure): readonly Role[] {
  return ROLES.filter(
    (role) => decoding.chosen(placed, role) === undefined && decoding.codec(placed, role, new Budget()).guessed,
  );
}
