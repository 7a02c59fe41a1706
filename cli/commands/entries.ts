import { Budget } from '../../engine/core/budget.ts';
import { formatAddress, formatCounted } from '../../engine/core/format.ts';
import { UserError } from '../../engine/core/user-error.ts';
import type { Role } from '../../engine/snapshot/decoding.ts';
import { type EntryLine, entryLines, type IncompleteLine } from '../../engine/views/entries.ts';
import { structureOf } from '../../servers/open-files/named-part.ts';
import { CODEC_OPTIONS, chooseCodecs } from '../options/codec-options.ts';
import { PROJECT_HELP, PROJECT_OPTION } from '../options/project-option.ts';
import { SNAPSHOT_HELP, SNAPSHOT_OPTIONS } from '../options/snapshot-options.ts';
import { print, printJson } from '../output.ts';
import { type Command, withSnapshot } from './command.ts';

export const ENTRIES: Command = {
  name: 'entries',
  about: "print a structure's decoded entries",
  usage:
    'SNAPSHOT PART [--from N] [--limit N] [--stale] [--key CODEC] [--value CODEC] [--labels FILE] [--project FOLDER] [--unpack-limit SIZE] [--json]',
  more: `PART is a part id that "inspect" lists, such as memory/3/btreemap. If memory/3 holds only one structure, memory/3 is enough.
--stale lists entries that the structure no longer reaches but that can still be read: of a map or set those from before it was cleared, and in freed
and leaked chunks, each with its chunk. They include removed entries and older copies of entries that are still in the map. "recover" tells them apart.
${SNAPSHOT_HELP}
${PROJECT_HELP}`,
  options: {
    from: { type: 'string' },
    limit: { type: 'string' },
    ...CODEC_OPTIONS,
    ...SNAPSHOT_OPTIONS,
    ...PROJECT_OPTION,
    stale: { type: 'boolean' },
  },
  run: (args) =>
    withSnapshot(args, (snapshot) => {
      const placed = structureOf(snapshot, args.positionals[1] ?? '');
      chooseCodecs(snapshot, placed, args);
      const stale = args.flag('stale');
      if (stale && placed.structure.recoverable === undefined)
        throw new UserError('input', `${placed.part} has no elements in bytes that it no longer uses.`);
      const range = { from: args.number('from') ?? 0, limit: args.number('limit') ?? Number.POSITIVE_INFINITY, stale };
      let complete = true;
      const guessed = snapshot.decoding.guessedRoles(placed);
      const encodings = new Map<string, number>();
      for (const line of entryLines(snapshot, placed, range, new Budget())) {
        if ('incomplete' in line) complete = false;
        else if (line.value && line.valueCodec) encodings.set(line.valueCodec, (encodings.get(line.valueCodec) ?? 0) + 1);
        if (args.json) printJson(line);
        else print(...columnsOf(line, guessed));
      }
      if (!args.json && encodings.size > 1) print(mixtureOf(encodings));
      return complete ? 0 : 1;
    }),
};

function columnsOf(line: EntryLine | IncompleteLine, roles: readonly Role[]): readonly string[] {
  if ('incomplete' in line) return [`The list is not complete: ${line.reason}`];
  const value = line.valueText === '' && line.path === undefined ? '(empty)' : (line.valueText ?? '');
  const texts = [line.path ?? '', line.keyText ?? '', value].filter((text) => text !== '');
  if (line.origin !== undefined) texts.push(whereFound(line));
  const codecs = { key: line.keyCodec, value: line.valueCodec };
  const guesses = line.guessed ? roles.flatMap((role) => (codecs[role] === undefined ? [] : [`${role} ${codecs[role]}`])) : [];
  if (guesses.length > 0) texts.push(`guessed: ${guesses.join(', ')}`);
  return [String(line.index), ...texts];
}

function mixtureOf(encodings: ReadonlyMap<string, number>): string {
  const counts = [...encodings].map(([codec, count]) => `${formatCounted(count, 'value')} in ${codec}`);
  return `The values use ${counts.length} encodings: ${counts.join(', ')}.`;
}

function whereFound({ origin, chunk, nodeVersion }: EntryLine): string {
  if (chunk === undefined) return origin ?? '';
  const node = nodeVersion === undefined ? 'overflow page without its node' : `node of version ${nodeVersion}`;
  return `${origin} chunk ${formatAddress(chunk)}, ${node}`;
}
