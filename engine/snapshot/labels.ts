import type { BufferHint } from '../motoko/memory-buffer/find-headerless.ts';
import { STRUCTURE_KINDS, type StructureKind } from '../structure.ts';
import { type CodecTable, NO_CODECS } from '../values/codec-table.ts';
import { codecOf } from '../values/codecs.ts';
import { readCodecs } from '../values/read-forms.ts';

/** What the owner of a memory says of it: a name, and how its keys and values are encoded. */
export interface SpaceLabel {
  readonly name: string | undefined;
  /** What stands in it. The bytes say it too: only a contradiction matters. */
  readonly structure: StructureKind | undefined;
  readonly key: string | undefined;
  readonly value: string | undefined;
  /** Of a MemoryBuffer without headers, at its pointers region: the region with its values, and how many there are. */
  readonly buffer: BufferHint | undefined;
}

/** Names and types for what bytes cannot say, as `stable-memory.json` gives them. Everything in it is optional. */
export interface Labels {
  /** By part id: `memory/3`, `region/16`. */
  readonly spaces: ReadonlyMap<string, SpaceLabel>;
  readonly cyclesPerGibSecond: number | undefined;
  /** Codecs that the file declares. */
  readonly codecs: CodecTable;
}

export const NO_LABELS: Labels = { spaces: new Map(), cyclesPerGibSecond: undefined, codecs: NO_CODECS };

/** What is said of a space. One of a manager that begins at a later page is known by its number, too: `memory/3` for `image@1/memory/3`. */
export function labelFor({ spaces }: Labels, part: string): SpaceLabel | undefined {
  return spaces.get(part) ?? spaces.get(part.replace(/^image@\d+\//, ''));
}

/** Reads a file of labels. What is not understood is left out, and told in a sentence each. */
export function readLabels(text: string): { readonly labels: Labels; readonly problems: readonly string[] } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { labels: NO_LABELS, problems: [`It is no JSON: ${error instanceof Error ? error.message : String(error)}.`] };
  }
  if (!isRecord(json)) return { labels: NO_LABELS, problems: ['It is no JSON object.'] };
  const problems: string[] = [];
  const codecs = codecsIn(json['codecs'], problems);
  const spaces = new Map<string, SpaceLabel>();
  for (const [group, kind] of [
    ['memories', 'memory'],
    ['regions', 'region'],
  ] as const) {
    const entries = json[group] ?? {};
    if (!isRecord(entries)) problems.push(`"${group}" is no object.`);
    else {
      for (const [id, entry] of Object.entries(entries)) {
        if (!isRecord(entry)) problems.push(`"${group}" has no object for ${id}.`);
        else spaces.set(`${kind}/${id}`, labelOf(entry, `${kind} ${id}`, codecs, problems));
      }
    }
  }
  const cost = isRecord(json['cost']) ? json['cost']['cyclesPerGibSecond'] : undefined;
  return {
    labels: { spaces, cyclesPerGibSecond: typeof cost === 'number' && cost >= 0 ? Math.round(cost) : undefined, codecs },
    problems,
  };
}

function codecsIn(declared: unknown, problems: string[]): CodecTable {
  if (declared === undefined) return NO_CODECS;
  if (isRecord(declared)) return readCodecs(declared, 'codecs', (path, problem) => problems.push(`${path}: ${problem}`));
  problems.push('"codecs" is no object.');
  return NO_CODECS;
}

function labelOf(entry: Readonly<Record<string, unknown>>, what: string, codecs: CodecTable, problems: string[]): SpaceLabel {
  const name = entry['name'];
  return {
    name: typeof name === 'string' && name !== '' ? name : undefined,
    structure: structureName(entry['structure'], what, problems),
    key: codecName(entry['key'], `The key of ${what}`, codecs, problems),
    value: codecName(entry['value'], `The value of ${what}`, codecs, problems),
    buffer: bufferHint(entry, what, problems),
  };
}

function structureName(value: unknown, what: string, problems: string[]): StructureKind | undefined {
  if (value === undefined) return undefined;
  const known = STRUCTURE_KINDS.find((kind) => kind === value);
  if (known === undefined) problems.push(`The structure of ${what} is none that is known: ${JSON.stringify(value)}.`);
  return known;
}

function bufferHint(entry: Readonly<Record<string, unknown>>, what: string, problems: string[]): BufferHint | undefined {
  const numbers = (['blobs', 'count'] as const).map((name): number | undefined => {
    const value = entry[name];
    if (value === undefined || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0)) return value;
    problems.push(`"${name}" of ${what} is no whole number.`);
    return undefined;
  });
  const [blobs, count] = numbers;
  return blobs === undefined && count === undefined ? undefined : { blobs, count };
}

/** A codec by its name; a Candid type, `{ "candid": "User", "did": … }`, is decoded as Candid without it. */
function codecName(value: unknown, what: string, codecs: CodecTable, problems: string[]): string | undefined {
  if (value === undefined) return undefined;
  const name = isRecord(value) && 'candid' in value ? 'candid' : value;
  if (typeof name === 'string' && codecOf(name, codecs) !== undefined) return name;
  problems.push(`${what} has no codec ${JSON.stringify(name)}.`);
  return undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
