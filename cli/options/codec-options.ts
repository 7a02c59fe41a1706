import { UserError } from '../../engine/core/user-error.ts';
import { ROLES, type Role } from '../../engine/snapshot/decoding.ts';
import type { PlacedStructure } from '../../engine/snapshot/placed.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import { codecOf } from '../../engine/values/codecs.ts';
import type { Arguments } from '../commands/arguments.ts';

/** Options of commands that decode a structure's keys and values. */
export const CODEC_OPTIONS = { key: { type: 'string' }, value: { type: 'string' } } as const;

/** The options that name codecs, where `--key` and `--value` do. */
const NAMES: Readonly<Record<Role, string>> = { key: 'key', value: 'value' };

/** Decodes a structure with the codecs that the options name. @throws UserError if a codec does not exist */
export function chooseCodecs(snapshot: Snapshot, placed: PlacedStructure, args: Arguments, names = NAMES): void {
  for (const role of ROLES) {
    const name = args.option(names[role]);
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
