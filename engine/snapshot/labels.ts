import { withoutManager } from '../core/part-ids.ts';
import { STRUCTURE_KINDS, type StructureKind } from '../core/structure-kinds.ts';
import type { BufferHint } from '../motoko/memory-buffer/find-headerless.ts';
import { type DeclaredLayout, readLayout } from '../program-layouts/declared-layout.ts';
import { type CodecTable, NO_CODECS } from '../values/codec-table.ts';
import { codecOf } from '../values/codecs.ts';
import { readCodecs } from '../values/labels/read-forms.ts';
import { type CostTerms, isCyclesPerGibSecond, isNodeCount, isPriceName, isSnapshotCount } from './cost.ts';

/** What the owner of a memory says of it: a name, and how its keys and values are encoded. */
export interface SpaceLabel {
  readonly name: string | undefined;
  /** What stands in it. The bytes say it too: only a contradiction matters. */
  readonly structure: StructureKind | undefined;
  readonly key: string | undefined;
  readonly value: string | undefined;
  /** Of a MemoryBuffer without headers, at its pointers region: the region with its values, and how many there are. */
  readonly buffer: BufferHint | undefined;
  /** How its bytes are laid out, where the program does that itself. */
  readonly layout: DeclaredLayout | undefined;
}

/** Names and types for what bytes cannot say, as `stable-memory.json` gives them. Everything in it is optional. */
export interface Labels {
  /** By part id: `memory/3`, `region/16`, `image` where no manager divides it. */
  readonly spaces: ReadonlyMap<string, SpaceLabel>;
  readonly cost: CostTerms;
  /** Codecs that the file declares. */
  readonly codecs: CodecTable;
}

export const NO_LABELS: Labels = { spaces: new Map(), cost: {}, codecs: NO_CODECS };

/** What is not understood in a file of labels, and the keys that lead there in its JSON. */
export interface LabelProblem {
  readonly text: string;
  readonly path: readonly string[];
}

/** Gathers problems, at a place in the file. */
class Problems {
  readonly list: LabelProblem[];
  readonly #path: readonly string[];

  constructor(list: LabelProblem[] = [], path: readonly string[] = []) {
    this.list = list;
    this.#path = path;
  }

  at(...keys: readonly string[]): Problems {
    return new Problems(this.list, [...this.#path, ...keys]);
  }

  push(text: string): void {
    this.list.push({ text, path: this.#path });
  }
}

/** What is said of a space. One of a manager that begins at a later page is known by its number, too: `memory/3` for `image@1/memory/3`. */
export function labelFor({ spaces }: Labels, part: string): SpaceLabel | undefined {
  return spaces.get(part) ?? spaces.get(withoutManager(part));
}

/** Reads a file of labels. What is not understood is left out, and told in a sentence each. */
export function readLabels(text: string): { readonly labels: Labels; readonly problems: readonly string[] } {
  const problems = new Problems();
  const labels = labelsIn(text, problems);
  return { labels, problems: problems.list.map((problem) => problem.text) };
}

/** Returns what is not understood in a file of labels, and where. */
export function labelProblems(text: string): readonly LabelProblem[] {
  const problems = new Problems();
  labelsIn(text, problems);
  return problems.list;
}

function labelsIn(text: string, problems: Problems): Labels {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    problems.push(`It is no JSON: ${error instanceof Error ? error.message : String(error)}.`);
    return NO_LABELS;
  }
  if (!isRecord(json)) {
    problems.push('It is no JSON object.');
    return NO_LABELS;
  }
  const codecs = codecsIn(json['codecs'], problems.at('codecs'));
  const spaces = new Map<string, SpaceLabel>();
  for (const [group, kind] of [
    ['memories', 'memory'],
    ['regions', 'region'],
  ] as const) {
    const entries = json[group] ?? {};
    if (!isRecord(entries)) problems.at(group).push(`"${group}" is no object.`);
    else {
      for (const [id, entry] of Object.entries(entries)) {
        const here = problems.at(group, id);
        if (!isRecord(entry)) here.push(`"${group}" has no object for ${id}.`);
        else spaces.set(`${kind}/${id}`, labelOf(entry, `${kind} ${id}`, codecs, here));
      }
    }
  }
  const image = json['image'];
  if (image !== undefined && !isRecord(image)) problems.at('image').push('"image" is no object.');
  else if (image !== undefined) spaces.set('image', labelOf(image, 'the image', codecs, problems.at('image')));
  return { spaces, cost: costTerms(json['cost'], problems.at('cost')), codecs };
}

function costTerms(declared: unknown, problems: Problems): CostTerms {
  if (declared === undefined) return {};
  if (!isRecord(declared)) {
    problems.push('"cost" is no object.');
    return {};
  }
  const term = <Value>(name: keyof CostTerms, isRight: (value: unknown) => value is Value): Value | undefined => {
    const value = declared[name];
    if (value === undefined || isRight(value)) return value;
    problems.at(name).push(`"${name}" of the cost cannot be ${JSON.stringify(value)}.`);
    return undefined;
  };
  return {
    price: term('price', isPriceName),
    cyclesPerGibSecond: term('cyclesPerGibSecond', isCyclesPerGibSecond),
    nodes: term('nodes', isNodeCount),
    snapshots: term('snapshots', isSnapshotCount),
  };
}

function codecsIn(declared: unknown, problems: Problems): CodecTable {
  if (declared === undefined) return NO_CODECS;
  const tell = (path: string, problem: string): void => problems.at(...path.split('.').slice(1)).push(`${path}: ${problem}`);
  if (isRecord(declared)) return readCodecs(declared, 'codecs', tell);
  problems.push('"codecs" is no object.');
  return NO_CODECS;
}

function labelOf(entry: Readonly<Record<string, unknown>>, what: string, codecs: CodecTable, problems: Problems): SpaceLabel {
  const name = entry['name'];
  return {
    name: typeof name === 'string' && name !== '' ? name : undefined,
    structure: structureName(entry['structure'], what, problems.at('structure')),
    key: codecName(entry['key'], `The key of ${what}`, codecs, problems.at('key')),
    value: codecName(entry['value'], `The value of ${what}`, codecs, problems.at('value')),
    buffer: bufferHint(entry, what, problems),
    layout: layoutIn(entry['layout'], what, problems),
  };
}

function structureName(value: unknown, what: string, problems: Problems): StructureKind | undefined {
  if (value === undefined) return undefined;
  const known = STRUCTURE_KINDS.find((kind) => kind === value);
  if (known === undefined) problems.push(`The structure of ${what} is none that is known: ${JSON.stringify(value)}.`);
  return known;
}

function layoutIn(json: unknown, what: string, problems: Problems): DeclaredLayout | undefined {
  if (json === undefined) return undefined;
  return readLayout(json, (problem) => problems.push(`The layout of ${what} ${problem}`));
}

function bufferHint(entry: Readonly<Record<string, unknown>>, what: string, problems: Problems): BufferHint | undefined {
  const numbers = (['blobs', 'count'] as const).map((name): number | undefined => {
    const value = entry[name];
    if (value === undefined || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0)) return value;
    problems.at(name).push(`"${name}" of ${what} is no whole number.`);
    return undefined;
  });
  const [blobs, count] = numbers;
  return blobs === undefined && count === undefined ? undefined : { blobs, count };
}

/** A codec by its name; a Candid type, `{ "candid": "User", "did": … }`, is decoded as Candid without it. */
function codecName(value: unknown, what: string, codecs: CodecTable, problems: Problems): string | undefined {
  if (value === undefined) return undefined;
  const name = isRecord(value) && 'candid' in value ? 'candid' : value;
  if (typeof name === 'string' && codecOf(name, codecs) !== undefined) return name;
  problems.push(`${what} has no codec ${JSON.stringify(name)}.`);
  return undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
