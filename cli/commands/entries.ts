import { Budget } from '../../engine/core/budget.ts';
import { formatAddress, formatCounted } from '../../engine/core/format.ts';
import type { Role } from '../../engine/snapshot/decoding.ts';
import { findStructure } from '../../engine/snapshot/find-part.ts';
import type { PlacedStructure } from '../../engine/snapshot/placed.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import { codecOf } from '../../engine/values/codecs.ts';
import { type EntryLine, entryLines, type IncompleteLine } from '../../engine/views/entries.ts';
import { print, printJson } from '../output.ts';
import { UnusableInput } from '../unusable-input.ts';
import type { Arguments } from './arguments.ts';
import { type Command, withSnapshot } from './command.ts';
import { SNAPSHOT_HELP, SNAPSHOT_OPTIONS } from './snapshot-options.ts';

export const ENTRIES: Command = {
  name: 'entries',
  about: "a structure's entries, decoded",
  usage:
    'SNAPSHOT PART [--from N] [--limit N] [--stale] [--key CODEC] [--value CODEC] [--labels FILE] [--unpack-limit SIZE] [--json]',
  more: `PART is a part id as "inspect" lists them, such as memory/3/btreemap; memory/3 does where only one structure lies in it.
--stale lists what a map or set no longer leads to and can still be read: entries from before it was cleared, in freed and in leaked chunks,
each with the chunk. Removed entries are among them, and older copies of entries that are still in the map.
${SNAPSHOT_HELP}`,
  options: {
    from: { type: 'string' },
    limit: { type: 'string' },
    key: { type: 'string' },
    value: { type: 'string' },
    ...SNAPSHOT_OPTIONS,
    stale: { type: 'boolean' },
  },
  run: (given) =>
    withSnapshot(given, (snapshot) => {
      const placed = structureOf(snapshot, given.positionals[1] ?? '');
      choose(snapshot, placed, given, 'key');
      choose(snapshot, placed, given, 'value');
      const stale = given.flag('stale');
      if (stale && placed.structure.recoverable === undefined)
        throw new UnusableInput(`${placed.part} is neither a map nor a set: nothing of it is kept in chunks.`);
      const range = { from: given.number('from') ?? 0, limit: given.number('limit') ?? Number.POSITIVE_INFINITY, stale };
      let complete = true;
      const guessed = guessedRoles(snapshot, placed);
      const encodings = new Map<string, number>();
      for (const line of entryLines(snapshot, placed, range, new Budget())) {
        if ('incomplete' in line) complete = false;
        else if (line.value && line.valueCodec) encodings.set(line.valueCodec, (encodings.get(line.valueCodec) ?? 0) + 1);
        if (given.json) printJson(line);
        else print(...columnsOf(line, guessed));
      }
      if (!given.json && encodings.size > 1) print(mixtureOf(encodings));
      return complete ? 0 : 1;
    }),
};

function structureOf(snapshot: Snapshot, part: string): PlacedStructure {
  const placed = findStructure(snapshot, part);
  if (placed !== undefined) return placed;
  const there = snapshot.structures.map((one) => one.part);
  const hint = there.length === 0 ? 'No structure was recognised in this snapshot.' : `There are: ${there.join(', ')}.`;
  throw new UnusableInput(`No structure is called "${part}". ${hint}`);
}

function choose(snapshot: Snapshot, placed: PlacedStructure, given: Arguments, role: Role): void {
  const name = given.option(role);
  if (name === undefined) return;
  const codec = codecOf(name, snapshot.codecs);
  if (codec === undefined)
    throw new UnusableInput(`There is no codec "${name}". Try text, bytes, u64-be, principal, candid, cbor or blobify.nat.`);
  snapshot.decoding.choose(placed.part, role, codec);
}

function columnsOf(line: EntryLine | IncompleteLine, roles: readonly Role[]): readonly string[] {
  if ('incomplete' in line) return [`This is not all: ${line.reason}`];
  const value = line.valueText === '' && line.path === undefined ? '(empty)' : (line.valueText ?? '');
  const texts = [line.path ?? '', line.keyText ?? '', value].filter((text) => text !== '');
  if (line.origin !== undefined) texts.push(whereFound(line));
  const codecs = { key: line.keyCodec, value: line.valueCodec };
  const guesses = line.guessed ? roles.flatMap((role) => (codecs[role] === undefined ? [] : [`${role} ${codecs[role]}`])) : [];
  if (guesses.length > 0) texts.push(`guessed: ${guesses.join(', ')}`);
  return [String(line.index), ...texts];
}

/** Returns the sides whose codec nobody chose. */
function guessedRoles(snapshot: Snapshot, placed: PlacedStructure): readonly Role[] {
  return (['key', 'value'] as const).filter((role) => snapshot.decoding.chosen(placed, role) === undefined);
}

function mixtureOf(encodings: ReadonlyMap<string, number>): string {
  const counts = [...encodings].map(([codec, count]) => `${formatCounted(count, 'value')} in ${codec}`);
  return `The values are in ${counts.length} encodings: ${counts.join(', ')}.`;
}

function whereFound({ origin, chunk, nodeVersion }: EntryLine): string {
  const node = nodeVersion === undefined ? 'overflow page without its node' : `node of version ${nodeVersion}`;
  return `${origin} chunk ${formatAddress(chunk ?? 0)}, ${node}`;
}
