import { Budget } from '../../core/budget.ts';
import { cut, formatAddress } from '../../core/format.ts';
import type { Element } from '../../core/structure.ts';
import type { PlacedStructure } from '../../snapshot/placed.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { offsetOf } from '../entries.ts';
import type { TableColumn, TableRow } from './calls.ts';
import { type ElementSide, SideReader } from './element-side.ts';
import { SideColumns } from './side-columns.ts';

/** Number of elements that are read to find the columns: the first ones, and others spread over all that are known. */
const FIRST = 16;
const SPREAD = 32;
/** Maximum characters of a cell. */
const CELL_TEXT = 160;

const INDEX: TableColumn = { id: 'index', label: '#', about: 'index, from 0', isNumber: true, isShown: true };
const PATH: TableColumn = { id: 'path', label: 'path', about: 'path of the part in the value', isNumber: false, isShown: true };
const KEY_SIZE: TableColumn = { id: 'keySize', label: 'key size', about: 'bytes of the key', isNumber: true, isShown: false };
const VALUE_SIZE: TableColumn = {
  id: 'valueSize',
  label: 'value size',
  about: 'bytes of the value',
  isNumber: true,
  isShown: false,
};
const ADDRESS: TableColumn = {
  id: 'address',
  label: 'address',
  about: 'address of the value, else of the key, in its memory',
  isNumber: true,
  isShown: false,
};

/** The columns of a structure's elements, and their cells. */
export class TableColumns {
  readonly columns: readonly TableColumn[];
  readonly sides: SideReader;
  readonly hasKeys: boolean;
  /** The names of the fields of the values. */
  readonly fieldNames: readonly string[];
  readonly #snapshot: Snapshot;
  readonly #hasPaths: boolean;
  readonly #key: SideColumns | undefined;
  readonly #value: SideColumns | undefined;

  /** `known` is the number of elements that can be read by their index at once. */
  constructor(snapshot: Snapshot, placed: PlacedStructure, known: number, budget: Budget) {
    this.#snapshot = snapshot;
    this.sides = new SideReader(snapshot, placed);
    const samples = sampled(placed, known);
    const sidesOf = (role: 'key' | 'value'): readonly ElementSide[] =>
      samples.flatMap((element) => this.sides.forLine(element, role, budget) ?? []);
    const [keys, values] = [sidesOf('key'), sidesOf('value')];
    this.hasKeys = keys.length > 0;
    this.#hasPaths = samples.some(({ described }) => described !== undefined);
    this.#key = this.hasKeys ? new SideColumns('key', keys) : undefined;
    this.#value = placed.structure.kind === 'btreeset' ? undefined : new SideColumns('value', values);
    this.fieldNames = this.#value?.fieldNames ?? [];
    this.columns = [
      INDEX,
      ...(this.#hasPaths ? [PATH] : []),
      ...(this.#key?.columns ?? []),
      ...(this.#value?.columns ?? []),
      ...(this.#key ? [KEY_SIZE] : []),
      ...(this.#value ? [VALUE_SIZE] : []),
      ADDRESS,
    ];
  }

  /** Returns the row of an element, with its cells cut to what a line shows. */
  row(element: Element, budget: Budget): TableRow {
    const key = this.#key && this.sides.forLine(element, 'key', budget);
    const value = this.#value && this.sides.forLine(element, 'value', budget);
    const stored = element.value ?? element.key;
    const offset = stored && offsetOf(this.#snapshot, stored);
    const at = offset === undefined ? undefined : { start: offset, length: Math.max(1, stored?.spans[0]?.length ?? 1) };
    return { index: element.index, cells: this.#cells(element, key, value).map(shortened), at };
  }

  /** Returns all cells of an element, whole. */
  wholeCells(element: Element, budget: Budget): readonly (string | undefined)[] {
    const key = this.#key && this.sides.whole(element, 'key', budget);
    const value = this.#value && this.sides.whole(element, 'value', budget);
    return this.#cells(element, key, value);
  }

  #cells(element: Element, key: ElementSide | undefined, value: ElementSide | undefined): readonly (string | undefined)[] {
    const address = (element.value ?? element.key)?.spans[0]?.start;
    return [
      String(element.index),
      ...(this.#hasPaths ? [element.described?.path] : []),
      ...(this.#key?.cells(key) ?? []),
      ...(this.#value?.cells(value) ?? []),
      ...(this.#key ? [textOf(element.key?.size)] : []),
      ...(this.#value ? [textOf(element.value?.size)] : []),
      address === undefined ? undefined : formatAddress(address),
    ];
  }
}

function textOf(size: number | undefined): string | undefined {
  return size === undefined ? undefined : String(size);
}

/** Returns a text as one line, cut where it is long. */
function shortened(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const line = text.slice(0, 4 * CELL_TEXT).replace(/\s+/g, ' ');
  return cut(line, CELL_TEXT);
}

function sampled({ structure }: PlacedStructure, known: number): readonly Element[] {
  const first = structure.elements(0, Math.min(FIRST, known), new Budget());
  const rest = known - first.length;
  const spread = Array.from({ length: Math.max(0, Math.min(SPREAD, rest)) }, (_, index) =>
    structure.elements(first.length + Math.floor((index * rest) / Math.min(SPREAD, rest)), 1, new Budget()),
  );
  return [...first, ...spread.flat()];
}
