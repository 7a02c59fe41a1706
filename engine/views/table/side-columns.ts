import type { Role } from '../../snapshot/decoding.ts';
import { type Composed, composedOf, scalarOf, scalarText, type TextField } from '../../values/text-fields.ts';
import type { TableColumn } from './calls.ts';
import type { ElementSide } from './element-side.ts';

/** Maximum fields that have columns. Values with more have dynamic names, such as a map's keys, and one column. */
const MAX_FIELDS = 40;
const MAX_INNER_FIELDS = 16;
/** From this number of fields on, they are dynamic names if few values have each of them. */
const MANY_FIELDS = 12;
const MIN_SHARE = 0.1;
/** Maximum items of a list that have columns, where all lists are equally long. */
const MAX_ITEMS = 8;
/** Share of the sampled cells that are numbers in a column of numbers. */
const NUMBERS = 0.8;

/** Names that a filter gives another meaning. */
export const OWN_NAMES = ['index', 'path', 'key', 'value', 'keySize', 'valueSize', 'address'] as const;

interface FieldColumn {
  readonly outer: string;
  /** Set for a field within a field. */
  readonly inner?: string;
  readonly isNumber: boolean;
}

/** A field of the sampled values. */
interface Seen {
  count: number;
  readonly leaves: string[];
  readonly inner: Map<string, string[]>;
}

/** The columns of the keys or values: one for each field, one for what has none, and one for all of it. */
export class SideColumns {
  readonly columns: readonly TableColumn[];
  /** The names of the fields that have columns, without those within fields. */
  readonly fieldNames: readonly string[];
  readonly #fields: readonly FieldColumn[];
  readonly #index: ReadonlyMap<string, number>;
  readonly #split: ReadonlySet<string>;

  /** `samples` are some of the keys or values. */
  constructor(role: Role, samples: readonly ElementSide[]) {
    const seen = fieldsOf(samples);
    this.#fields = columnsOf(seen);
    this.#index = new Map(this.#fields.map(({ outer, inner }, index) => [keyOf(outer, inner), index]));
    this.#split = new Set(this.#fields.flatMap(({ outer, inner }) => (inner === undefined ? [] : [outer])));
    this.fieldNames = [...new Set(this.#fields.map(({ outer }) => outer))];
    const [sample] = samples;
    const about =
      sample === undefined ? '' : `, decoded as ${sample.codec}${sample.guessed && sample.codec !== 'bytes' ? ' (guessed)' : ''}`;
    const hasFields = this.#fields.length > 0;
    const whole: TableColumn = {
      id: role,
      label: role,
      about: `the ${hasFields ? 'whole ' : ''}${role}${about}`,
      isNumber: areNumbers(samples.map(({ scalar }) => scalar)),
      isShown: !hasFields,
    };
    const other: TableColumn = {
      id: `${role}.*`,
      label: role === 'value' ? 'other' : `${role}, other`,
      about: `what is in the ${role} and has no column`,
      isNumber: false,
      isShown: samples.some((side) => this.cells(side)[this.#fields.length] !== undefined),
    };
    const fields = this.#fields.map((field): TableColumn => {
      const id = `${role}${accessorOf(field.outer)}${field.inner === undefined ? '' : accessorOf(field.inner)}`;
      return { id, label: labelOf(role, id), about: `${id}${about}`, isNumber: field.isNumber, isShown: true };
    });
    this.columns = hasFields ? [...fields, other, whole] : [whole];
  }

  /** Returns the cells of a key or value, in the order of the columns. */
  cells(side: ElementSide | undefined): readonly (string | undefined)[] {
    if (this.#fields.length === 0) return [side?.cell];
    const cells: (string | undefined)[] = this.#fields.map(() => undefined);
    const { composed } = side ?? {};
    const others: string[] = [];
    for (const field of composed?.fields ?? []) {
      const inner = this.#split.has(field.name) ? composedOf(field.text) : undefined;
      if (inner === undefined || inner.kind === 'list') this.#put(cells, others, field, field.name);
      else for (const each of inner.fields) this.#put(cells, others, each, field.name, each.name);
    }
    const other = side !== undefined && composed === undefined ? side.cell : others.join(', ');
    return [...cells, other === '' ? undefined : other, side?.cell];
  }

  #put(cells: (string | undefined)[], others: string[], { text }: TextField, outer: string, inner?: string): void {
    const index = this.#index.get(keyOf(outer, inner));
    if (index !== undefined) cells[index] = composedOf(text) === undefined ? scalarText(text) : text;
    // Where others have a field with fields, this one has none.
    else if (inner !== undefined || !this.#split.has(outer) || scalarOf(text) !== undefined)
      others.push(`${inner === undefined ? outer : `${outer}.${inner}`}: ${text}`);
  }
}

function keyOf(outer: string, inner: string | undefined): string {
  return JSON.stringify([outer, inner]);
}

/** Returns how an expression gets to a field: `.age`, `[0]`, `["a b"]`. */
export function accessorOf(name: string): string {
  if (/^[A-Za-z_]\w*$/.test(name)) return `.${name}`;
  if (/^\d+$/.test(name)) return `[${name}]`;
  return name.includes('"') ? `['${name}']` : `["${name}"]`;
}

/** Returns the heading of a field: its name alone where that is enough for a filter, too. */
function labelOf(role: Role, id: string): string {
  const short = role === 'value' && id.startsWith('value.') ? id.slice('value.'.length) : id;
  return OWN_NAMES.some((name) => name === short.split(/[.[]/)[0]) ? id : short;
}

function fieldsOf(samples: readonly ElementSide[]): ReadonlyMap<string, Seen> {
  const composed = samples.flatMap((side) => side.composed ?? []);
  const seen = new Map<string, Seen>();
  if (!haveFields(composed)) return seen;
  for (const { fields } of composed) {
    for (const { name, text } of fields) {
      const field = seen.get(name) ?? { count: 0, leaves: [], inner: new Map<string, string[]>() };
      seen.set(name, field);
      field.count += 1;
      const inner = composedOf(text);
      if (inner === undefined || inner.kind === 'list' || inner.fields.length === 0) field.leaves.push(text);
      else for (const each of inner.fields) field.inner.set(each.name, [...(field.inner.get(each.name) ?? []), each.text]);
    }
  }
  const share = [...seen.values()].reduce((sum, { count }) => sum + count, 0) / Math.max(1, seen.size * composed.length);
  const areDynamic = seen.size > MAX_FIELDS || (seen.size > MANY_FIELDS && share < MIN_SHARE);
  return areDynamic ? new Map() : seen;
}

/** Returns false if the values are lists of items, and not of fields. */
function haveFields(composed: readonly Composed[]): boolean {
  const lists = composed.filter(({ kind }) => kind === 'list');
  const [first] = lists;
  if (first === undefined) return true;
  return first.fields.length <= MAX_ITEMS && lists.every(({ fields }) => fields.length === first.fields.length);
}

function columnsOf(seen: ReadonlyMap<string, Seen>): readonly FieldColumn[] {
  return [...seen].flatMap(([outer, { leaves, inner }]): readonly FieldColumn[] => {
    const isSplit = inner.size > 0 && inner.size <= MAX_INNER_FIELDS;
    const scalars = leaves.map(scalarOf);
    const own = { outer, isNumber: areNumbers(scalars) };
    if (!isSplit) return [own];
    const within = [...inner].map(([name, texts]) => ({ outer, inner: name, isNumber: areNumbers(texts.map(scalarOf)) }));
    return scalars.some((scalar) => scalar !== undefined) ? [own, ...within] : within;
  });
}

function areNumbers(scalars: readonly ReturnType<typeof scalarOf>[]): boolean {
  const there = scalars.filter((scalar) => scalar !== undefined);
  const numbers = there.filter((scalar) => typeof scalar === 'number' || typeof scalar === 'bigint');
  return there.length > 0 && numbers.length >= NUMBERS * there.length;
}
