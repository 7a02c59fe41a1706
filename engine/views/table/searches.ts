import { Budget } from '../../core/budget.ts';
import { formatCount } from '../../core/format.ts';
import type { Element } from '../../core/structure.ts';
import type { Role } from '../../snapshot/decoding.ts';
import type { TableRow, TableSearch } from './calls.ts';
import type { ElementSide } from './element-side.ts';
import { type Filter, type FilteredElement, parseFilter } from './filter.ts';
import { elementWithKey, findKey } from './find-key.ts';
import { placeOfByte } from './place-of-byte.ts';
import type { TableView } from './table-view.ts';

/** Rows that were found, and between them the number of elements that were looked at. It returns a sentence about the search. */
export type SearchRows = Generator<TableRow | number, string | undefined, undefined>;

/** Elements that are read from a structure at a time, and elements between two places where a search can rest. */
const BATCH = 2_000;
const REST = 100;

/** Begins a search through all elements of a table. @throws UserError if what is looked for makes no sense */
export function searchRows(view: TableView, wanted: TableSearch): SearchRows {
  switch (wanted.kind) {
    case 'filter':
      return filterRows(view, parseFilter(wanted.expression, view.columns.fieldNames));
    case 'key':
      return keyRow(view, wanted.text, wanted.after);
    case 'byte':
      return byteRow(view, wanted.offset);
  }
}

/** Yields all elements from an index on, in batches, and undefined where the search can rest. */
function* elementsFrom({ placed }: TableView, start: number, end: number): Generator<Element | undefined> {
  for (let from = start; from < end; ) {
    const elements = placed.structure.elements(from, Math.min(BATCH, end - from), new Budget());
    if (elements.length === 0) return;
    for (const [place, element] of elements.entries()) {
      yield element;
      if (place % REST === REST - 1) yield undefined;
    }
    from += elements.length;
    yield undefined;
  }
}

/** An element whose sides are decoded once, when they are needed. */
class LazyElement implements FilteredElement {
  readonly element: Element;
  readonly #view: TableView;
  readonly #budget: Budget;
  readonly #sides = new Map<Role, ElementSide | undefined>();

  constructor(view: TableView, element: Element, budget: Budget) {
    this.#view = view;
    this.element = element;
    this.#budget = budget;
  }

  side(role: Role): ElementSide | undefined {
    if (!this.#sides.has(role)) this.#sides.set(role, this.#view.columns.sides.whole(this.element, role, this.#budget));
    return this.#sides.get(role);
  }
}

function* filterRows(view: TableView, filter: Filter): SearchRows {
  const budget = new Budget();
  let looked = 0;
  let found = 0;
  for (const element of elementsFrom(view, 0, Number.POSITIVE_INFINITY)) {
    if (element === undefined) {
      yield looked;
      continue;
    }
    looked += 1;
    if (!filter.matches(new LazyElement(view, element, budget))) continue;
    found += 1;
    yield view.row(element, budget);
  }
  yield looked;
  const missing = filter.missing();
  if (found > 0 || looked === 0 || missing.length === 0) return undefined;
  return `None of them has ${missing.map((path) => `“${path}”`).join(' or ')}.`;
}

function* keyRow(view: TableView, text: string, after: number): SearchRows {
  const exact = yield* findKey(view, text);
  const budget = new Budget();
  if (exact !== undefined && exact.index !== after) {
    yield view.row(exact, budget);
    return undefined;
  }
  let looked = 0;
  for (const [start, end] of [
    [after + 1, Number.POSITIVE_INFINITY],
    [0, after + 1],
  ] as const) {
    for (const element of elementsFrom(view, start, end)) {
      if (element === undefined) {
        yield looked;
        continue;
      }
      looked += 1;
      const key = view.columns.sides.whole(element, 'key', budget);
      if (key === undefined || !(key.text.includes(text) || key.cell.includes(text))) continue;
      yield view.row(element, budget);
      return undefined;
    }
  }
  return `No key is or contains “${text}”.`;
}

function* byteRow(view: TableView, offset: number): SearchRows {
  const place = placeOfByte(view.snapshot, offset);
  const budget = new Budget();
  if (place?.placed.part !== view.placed.part) return 'This byte is not part of the table.';
  if (place.index !== undefined) {
    const [element] = view.placed.structure.elements(place.index, 1, budget);
    if (element !== undefined) yield view.row(element, budget);
    return element === undefined ? `Element ${formatCount(place.index)} is not there any more.` : undefined;
  }
  const sought = place.start;
  const isIt = ({ key }: Element): boolean => key?.spans[0]?.start === sought;
  const exact = place.key && (yield* elementWithKey(view, place.key));
  if (exact !== undefined && isIt(exact)) {
    yield view.row(exact, budget);
    return undefined;
  }
  let looked = 0;
  for (const element of elementsFrom(view, 0, Number.POSITIVE_INFINITY)) {
    if (element === undefined) yield looked;
    else if (isIt(element)) {
      yield view.row(element, budget);
      return undefined;
    } else looked += 1;
  }
  return 'No entry that the structure leads to has this byte.';
}
