import { Budget } from '../../../engine/core/budget.ts';
import { byteLength } from '../../../engine/core/memory/memory.ts';
import { finish } from '../../../engine/core/slices.ts';
import { readStored } from '../../../engine/core/structure.ts';
import { UserError } from '../../../engine/core/user-error.ts';
import type { Edit } from '../../../engine/edit/edit.ts';
import { editSnapshot, type Reopen } from '../../../engine/edit/edit-snapshot.ts';
import { nodeHasher } from '../../../engine/node/hasher.ts';
import type { OpenImage } from '../../../engine/node/open-image.ts';
import { readWhole } from '../../../engine/node/read-whole.ts';
import { makePatch } from '../../../engine/repair/patch/make-patch.ts';
import type { Role } from '../../../engine/snapshot/decoding.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { openSnapshot } from '../../../engine/snapshot/open-snapshot.ts';
import type { PlacedStructure } from '../../../engine/snapshot/placed.ts';
import type { Snapshot } from '../../../engine/snapshot/snapshot.ts';
import type { Codec } from '../../../engine/values/codec.ts';
import { editReport, editText } from '../../../engine/views/rescue/edit-report.ts';
import { structureOf } from '../../../servers/open-files/named-part.ts';
import { assertReadable, bytesOfText } from '../../../servers/rescue/typed-bytes.ts';
import { chooseCodecs } from '../../options/codec-options.ts';
import { PROJECT_HELP, PROJECT_OPTION, projectOf } from '../../options/project-option.ts';
import { SNAPSHOT_HELP, SNAPSHOT_OPTIONS } from '../../options/snapshot-options.ts';
import { print, printJson } from '../../output.ts';
import type { Arguments } from '../arguments.ts';
import { type Command, withSnapshot } from '../command.ts';
import { assertTargets, writeFolderAndPatch } from '../repair/folder-and-patch.ts';

/** Maximum size of a value in a file, in bytes. */
const MAX_VALUE_BYTES = 2 ** 28;

export const EDIT: Command = {
  name: 'edit',
  about: 'change one entry, item or value with the operations of its library, and write the result as a new snapshot folder',
  usage:
    'SNAPSHOT PART [--key K] [--index N] [--value V] [--value-file FILE] [--insert] [--remove] [--max-item-size N] [-o FOLDER] [--patch FILE] [--dry-run] [--force] [--key-codec CODEC] [--value-codec CODEC] [--labels FILE] [--project FOLDER] [--unpack-limit SIZE] [--json]',
  more: `--key K --value V changes the value of a key in a map, --index N --value V an item of a Vec or a value of a MemoryBuffer, --value V alone a Cell.
--insert adds an entry: to a map with --key and --value, to a set with --key, to the end of a Vec or Log and to a MinHeap with --value.
--remove removes a key of a map or set, the last item of a Vec, or the smallest of a MinHeap.
--max-item-size N gives the items of a Vec or MinHeap another bound: all slots are written again.
K and V are written as "entries" lists them: numbers, texts, principals, JSON, CBOR, Candid, tuples. 0x… is the bytes in hex, for all encodings.
--value-file FILE takes the bytes of a file. --key-codec and --value-codec say what keys and values are encoded as; without them it is guessed.
-o FOLDER is the new snapshot folder. --patch FILE writes a patch. --dry-run writes nothing. --force replaces the file of the patch.
The canister must be upgraded after the snapshot is loaded: see docs/edit.md. A damaged structure is refused: repair it first.
Exit status: 0 when it was written, 2 when the edit was refused or nothing could be written.
${SNAPSHOT_HELP}
${PROJECT_HELP}`,
  options: {
    key: { type: 'string' },
    index: { type: 'string' },
    value: { type: 'string' },
    'value-file': { type: 'string' },
    insert: { type: 'boolean' },
    remove: { type: 'boolean' },
    'max-item-size': { type: 'string' },
    output: { type: 'string', short: 'o' },
    patch: { type: 'string' },
    'dry-run': { type: 'boolean' },
    force: { type: 'boolean' },
    'key-codec': { type: 'string' },
    'value-codec': { type: 'string' },
    ...SNAPSHOT_OPTIONS,
    ...PROJECT_OPTION,
  },
  run: (args) =>
    withSnapshot(args, async (snapshot, image) => {
      assertOutput(image, args);
      const placed = structureOf(snapshot, args.positionals[1] ?? '');
      chooseCodecs(snapshot, placed, args, CODEC_NAMES);
      const edit = await editOf(snapshot, placed, args);
      const reopen = reopening(image, args);
      const edited = finish(editSnapshot({ snapshot, scan: scanImage(snapshot) }, placed, edit, reopen));
      const patch = finish(makePatch(edited.states.before, edited.states.after, nodeHasher));
      const files = args.flag('dry-run') ? {} : await writeFolderAndPatch(image, edited.states.after, () => patch, args);
      const report = editReport(edited, patch.changes, files);
      if (args.json) printJson(report);
      else for (const line of editText(report)) print(line);
      return 0;
    }),
};

/** The options that name codecs: `--key` and `--value` have the key and value themselves. */
const CODEC_NAMES = { key: 'key-codec', value: 'value-codec' } as const;

/** @throws UserError if it is not said where to write, or that must not be written to */
function assertOutput(image: OpenImage, args: Arguments): void {
  const [hasTarget, isDry] = [args.option('output') !== undefined || args.option('patch') !== undefined, args.flag('dry-run')];
  if (!hasTarget && !isDry)
    throw new UserError('input', 'Say where to write: -o FOLDER, --patch FILE, or --dry-run to write nothing.');
  if (hasTarget && isDry) throw new UserError('input', '--dry-run writes nothing. Leave out -o and --patch.');
  assertTargets(image, args);
}

/** Returns the edit that the options describe. @throws UserError if they contradict each other */
async function editOf(snapshot: Snapshot, placed: PlacedStructure, args: Arguments): Promise<Edit> {
  const [max, index] = [args.number('max-item-size'), args.number('index')];
  const [insert, remove] = [args.flag('insert'), args.flag('remove')];
  const hasValue = args.option('value') !== undefined || args.option('value-file') !== undefined;
  if ([insert, remove, max !== undefined].filter(Boolean).length > 1 || ((remove || max !== undefined) && hasValue))
    throw new UserError('input', 'One edit at a time: --value, --insert, --remove or --max-item-size.');
  if (max !== undefined) return { kind: 'bound', max };
  const keyText = args.option('key');
  const codec = codecLike(snapshot, placed, 'key', undefined);
  const key = keyText === undefined ? undefined : await bytesOfText({ text: keyText, codec, like: undefined, option: '--key' });
  if (remove) return { kind: 'remove', ...(key && { key }), ...(index === undefined ? {} : { index }) };
  const value = hasValue ? await valueFrom(snapshot, placed, key, index, args) : undefined;
  if (insert && index !== undefined)
    throw new UserError('input', '--insert adds at the end, or in the order of the keys. Leave out --index.');
  if (insert) return { kind: 'insert', ...(key && { key }), ...(value && { value }) };
  if (value === undefined) throw new UserError('input', 'Say what to do: --value V, --insert, --remove or --max-item-size N.');
  return { kind: 'set', ...(key && { key }), ...(index === undefined ? {} : { index }), value };
}

async function valueFrom(
  snapshot: Snapshot,
  placed: PlacedStructure,
  key: Uint8Array | undefined,
  index: number | undefined,
  args: Arguments,
): Promise<Uint8Array> {
  const [text, file] = [args.option('value'), args.option('value-file')];
  if (text !== undefined && file !== undefined)
    throw new UserError('input', 'Give the value with --value or with --value-file, not with both.');
  const like = likeness(placed, key, index);
  const codec = codecLike(snapshot, placed, 'value', like);
  if (file === undefined) return await bytesOfText({ text: text ?? '', codec, like, option: '--value' });
  const bytes = readWhole(file, MAX_VALUE_BYTES);
  assertReadable(bytes, codec, '--value', `--value-file ${file}`);
  return bytes;
}

/** Returns the codec of keys or values, or the one that a given value is in, where a structure has several. */
function codecLike(snapshot: Snapshot, placed: PlacedStructure, role: Role, like: Uint8Array | undefined): Codec {
  const { codec, others } = snapshot.decoding.codec(placed, role, new Budget());
  return (like && [codec, ...others].find((one) => one.decode(like) !== undefined)) ?? codec;
}

/** Returns the value that is to be changed, or else another one of the same structure. */
function likeness({ structure }: PlacedStructure, key: Uint8Array | undefined, index = 0): Uint8Array | undefined {
  const budget = new Budget();
  const found = key && structure.lookUp?.(key, undefined, budget).end;
  const own = found?.kind === 'found' ? found.element : undefined;
  const [element] = own === undefined ? structure.elements(index, 1, budget) : [own];
  const [first] = element === undefined ? structure.elements(0, 1, budget) : [element];
  return first?.value && readStored(first.value);
}

/** Returns how a changed copy of a snapshot is opened. */
export function reopening(image: OpenImage, args: Arguments): Reopen {
  const project = projectOf(args.positionals[0] ?? '', args, image);
  return (memory) =>
    openSnapshot({ ...image, memory, bytes: byteLength(memory), fileBytes: undefined, declaredBytes: undefined, project });
}
