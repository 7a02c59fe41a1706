import { withoutManager } from '../core/part-ids.ts';
import { STRUCTURE_KINDS, type StructureKind } from '../core/structure-kinds.ts';
import type { BufferHint } from '../motoko/memory-buffer/find-headerless.ts';
import { type DeclaredLayout, readLayout } from '../program-layouts/declared-layout.ts';
import { type CodecTable, NO_CODECS } from '../values/codec-table.ts';
import { codecOf } from '../values/codecs.ts';
import { readCodecs } from '../values/labels/read-forms.ts';
import { type CostTerms, isCyclesPerGibSecond, isNodeCount, isPriceName, isSnapshotCount } from './cost.ts';

/** A label that the user gives to a memory: its name, and the codecs of its keys and values. */
export interface SpaceLabel {
  readonly name: string | undefined;
  /** Kind of the structure in it. The bytes show it too, so this only serves to find a contradiction. */
  readonly structure: StructureKind | undefined;
  readonly key: string | undefined;
  readonly value: string | undefined;
  /** On the pointers region of a MemoryBuffer without headers: the region with its values, and their number. */
  readonly buffer: BufferHint | undefined;
  /** Layout of its bytes, where the program has its own. */
  readonly layout: DeclaredLayout | undefined;
}

/** Names and types from `stable-memory.json`, for what the bytes do not show. Everything in it is optional. */
export interface Labels {
  /** Labels by part id: `memory/3`, `region/16`, or `image` where there is no manager. */
  readonly spaces: ReadonlyMap<string, SpaceLabel>;
  readonly cost: CostTerms;
  /** Codecs that the file declares. */
  readonly codecs: CodecTable;
}

export const NO_LABELS: Labels = { spaces: new Map(), cost: {}, codecs: NO_CODECS };

/** A problem in a labels file: a sentence, and the JSON keys that lead to it. */
export interface LabelProblem {
  readonly text: string;
  readonly path: readonly string[];
}

/** A collector of problems at one path of the file. */
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

/** Returns the label of a space. `memory/3` also labels `image@1/memory/3`, a memory of a manager that begins at a later page. */
export function labelFor({ spaces }: Labels, part: string): SpaceLabel | undefined {
  return spaces.get(part) ?? spaces.get(withoutManager(part));
}

/** Reads a labels file. Leaves out what it does not understand, and reports each such problem in a sentence. */
export function readLabels(text: string): { readonly labels: Labels; readonly problems: readonly string[] } {
  const problems = new Problems();
  const labels = labelsIn(text, problems);
  return { labels, problems: problems.list.map((problem) => problem.text) };
}

/** Returns the problems of a labels file, with their paths. */
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
    problems.push(`It is not JSON: ${error instanceof Error ? error.message : String(error)}.`);
    return NO_LABELS;
  }
  if (!isRecord(json)) {
    problems.push('It is not a JSON object.');
    return NO_LABELS;
  }
  const codecs = codecsIn(json['codecs'], problems.at('codecs'));
  const spaces = new Map<string, SpaceLabel>();
  for (const [group, kind] of [
    ['memories', 'memory'],
    ['regions', 'region'],
  ] as const) {
    const entries = json[group] ?? {};
    if (!isRecord(entries)) problems.at(group).push(`"${group}" is not an object.`);
    else {
      for (const [id, entry] of Object.entries(entries)) {
        const here = problems.at(group, id);
        if (!isRecord(entry)) here.push(`"${id}" in "${group}" is not an object.`);
        else spaces.set(`${kind}/${id}`, labelOf(entry, `${kind} ${id}`, codecs, here));
      }
    }
  }
  const image = json['image'];
  if (image !== undefined && !isRecord(image)) problems.at('image').push('"image" is not an object.');
  else if (image !== undefined) spaces.set('image', labelOf(image, 'the image', codecs, problems.at('image')));
  return { spaces, cost: costTerms(json['cost'], problems.at('cost')), codecs };
}

function costTerms(declared: unknown, problems: Problems): CostTerms {
  if (declared === undefined) return {};
  if (!isRecord(declared)) {
    problems.push('"cost" is not an object.');
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
  const report = (path: string, problem: string): void => problems.at(...path.split('.').slice(1)).push(`${path}: ${problem}`);
  if (isRecord(declared)) return readCodecs(declared, 'codecs', report);
  problems.push('"codecs" is not an object.');
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
  if (known === undefined) problems.push(`The structure of ${what} is unknown: ${JSON.stringify(value)}.`);
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
    problems.at(name).push(`"${name}" of ${what} is not a whole number.`);
    return undefined;
  });
  const [blobs, count] = numbers;
  return blobs === undefined && count === undefined ? undefined : { blobs, count };
}

/** Returns the name of a codec. A Candid type, `{ "candid": "User", "did": … }`, is decoded as Candid without the type. */
function codecName(value: unknown, what: string, codecs: CodecTable, problems: Problems): string | undefined {
  if (value === undefined) return undefined;
  const name = isRecord(value) && 'candid' in value ? 'candid' : value;
  if (typeof name === 'string' && codecOf(name, codecs) !== undefined) return name;
  problems.push(`${what} has an unknown codec: ${JSON.stringify(name)}.`);
  return undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
