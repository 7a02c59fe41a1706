import { formatBytes, formatCounted } from '../../../engine/core/format.ts';
import { finish } from '../../../engine/core/slices.ts';
import { UserError } from '../../../engine/core/user-error.ts';
import { nodeHasher } from '../../../engine/node/hasher.ts';
import { writeSnapshotFolder } from '../../../engine/node/output/snapshot-folder/write-snapshot-folder.ts';
import { readPatchFile } from '../../../engine/node/repair/patch-file.ts';
import { applyPatch } from '../../../engine/repair/patch/apply-patch.ts';
import { UNPACK_HELP, UNPACK_OPTIONS } from '../../options/snapshot-options.ts';
import { print, printJson } from '../../output.ts';
import { type Command, openSnapshotAt } from '../command.ts';

export const PATCH: Command = {
  name: 'patch',
  about: 'apply a patch that repair or edit wrote, and write the result as a new snapshot folder',
  usage: 'SNAPSHOT PATCH -o FOLDER [--unpack-limit SIZE] [--json]',
  more: `A patch applies to the snapshot that it was made from, and to no other: if any byte differs, nothing is written, and the message says where.
FOLDER is new, and not in the snapshot's folder. It gets the module, the main memory and all other files of the snapshot, and appears only when it is
complete and was read again.
Exit status: 0 when it was written, 2 when the patch is for another snapshot or nothing could be written.
${UNPACK_HELP}`,
  options: { output: { type: 'string', short: 'o' }, ...UNPACK_OPTIONS },
  async run(args) {
    const output = args.option('output');
    if (output === undefined) throw new UserError('input', 'Say where to write: -o FOLDER.');
    const [path = '', file = ''] = args.positionals;
    const patch = readPatchFile(file);
    const image = await openSnapshotAt(path, args);
    try {
      const memory = finish(applyPatch(patch, image.memory, nodeHasher));
      const remarks = await writeSnapshotFolder(output, image, memory);
      const bytes = patch.changes.reduce((sum, { after }) => sum + after.length, 0);
      if (args.json)
        printJson({ schema: 'stable-memory/patched/1', folder: output, changes: patch.changes.length, bytes, remarks });
      else {
        print(`${output} was written: ${formatCounted(patch.changes.length, 'change')} of ${formatBytes(bytes)}.`);
        for (const remark of remarks) print(remark);
      }
      return 0;
    } finally {
      image.close();
    }
  },
};
