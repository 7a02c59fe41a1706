import { formatAddress, formatCount, formatCounted } from '../../../engine/core/format.ts';
import { codeSpan, markdownText } from '../../../engine/core/markdown.ts';
import type { FoundPlace, LookupRow, TreeRow } from '../../../engine/views/protocol.ts';

/** Maximum rows that are shown beneath a row at first, and that more are shown at a time. */
const PAGE = 200;

/** Id of what is above the first level of rows. */
const ROOT = 'found';

/** A row of what was found, with the rows beneath it. */
export interface FoundRow {
  readonly row: TreeRow;
  readonly rows: readonly FoundRow[];
  /** True where the row is open from the start. */
  readonly isOpen: boolean;
  /** Text that stands out in the label. */
  readonly marked?: string;
  /** Id of the row beneath which this one shows more. */
  readonly showsMoreOf?: string;
}

/** Places that were found, by their owners: memories, and structures in them. */
export class FoundPlaces {
  readonly #pattern: string;
  readonly #groups = new Map<string, Group>();
  #count = 0;
  /** Number of memories that are shown. */
  #limit = PAGE;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  get count(): number {
    return this.#count;
  }

  add(place: FoundPlace): void {
    const [memory = '', structure] = place.owners;
    const group = this.#groupNamed(this.#groups, memory, memory, 'memory');
    const owner =
      structure === undefined ? group : this.#groupNamed(group.groups, structure, `${memory}/${structure}`, 'structure');
    owner.places.push(place);
    this.#count += 1;
  }

  /** Shows more of the places beneath a row, or of the memories. */
  showMore(id: string): void {
    if (id === ROOT) this.#limit += PAGE;
    for (const group of this.#all()) if (group.id === id) group.limit += PAGE;
  }

  rows(): readonly FoundRow[] {
    const groups = [...this.#groups.values()];
    const rest = groups.length - this.#limit;
    const shown = groups.slice(0, this.#limit).map((group) => this.#rowOf(group));
    return rest > 0 ? [...shown, moreRow(ROOT, rest)] : shown;
  }

  #groupNamed(groups: Map<string, Group>, name: string, id: string, icon: TreeRow['icon']): Group {
    const known = groups.get(name);
    if (known) return known;
    const group: Group = { id: `${ROOT}/${id}`, name, icon, places: [], groups: new Map(), limit: PAGE };
    groups.set(name, group);
    return group;
  }

  *#all(): Generator<Group> {
    for (const group of this.#groups.values()) {
      yield group;
      yield* group.groups.values();
    }
  }

  #rowOf({ id, name, icon, places, groups, limit }: Group): FoundRow {
    const inner = [...groups.values()].map((group) => this.#rowOf(group));
    const all = places.length + [...groups.values()].reduce((sum, group) => sum + group.places.length, 0);
    const shown = places.slice(0, limit).map((place, index) => this.#placeRow(place, `${id}/${index}`));
    const rest = places.length - shown.length;
    const more = rest === 0 ? [] : [moreRow(id, rest)];
    return {
      row: { ...EMPTY, id, label: name, description: formatCounted(all, 'place'), icon, expandable: true },
      rows: [...inner, ...shown, ...more],
      isOpen: true,
    };
  }

  #placeRow(place: FoundPlace, id: string): FoundRow {
    const { text, state, offset, address, length, part, entry } = place;
    const at = address ?? offset;
    const where = at === undefined ? '' : formatAddress(at);
    const inEntry = entry === undefined || entry === text ? '' : entry;
    const words = [where, state, inEntry].filter((word) => word !== '');
    return {
      row: {
        ...EMPTY,
        id,
        label: text,
        description: words.join(' · '),
        tooltip: [
          codeSpan(text),
          inEntry === '' ? '' : `in ${codeSpan(inEntry)}`,
          `${formatCounted(length, 'byte')}${at === undefined ? '' : ` at ${where}`} of ${markdownText(place.owners.join(' › '))}, ${state}`,
        ]
          .filter((line) => line !== '')
          .join('  \n'),
        icon: state === 'live' ? 'element' : state === 'free' ? 'free' : 'residual',
        at: offset === undefined ? undefined : { start: offset, length },
        part,
        address: at === undefined ? undefined : where,
      },
      rows: [],
      isOpen: false,
      marked: this.#pattern,
    };
  }
}

interface Group {
  readonly id: string;
  readonly name: string;
  readonly icon: TreeRow['icon'];
  readonly places: FoundPlace[];
  readonly groups: Map<string, Group>;
  /** Number of places that are shown. */
  limit: number;
}

const EMPTY = {
  tooltip: '',
  expandable: false,
  at: undefined,
  part: undefined,
  address: undefined,
  element: undefined,
  fault: undefined,
} as const;

function moreRow(id: string, rest: number): FoundRow {
  const label = `Show ${formatCount(Math.min(PAGE, rest))} more`;
  const row = { ...EMPTY, id: `${id}/more`, label, description: `of ${formatCount(rest)}`, icon: 'range' as const };
  return { row, rows: [], isOpen: false, showsMoreOf: id };
}

/** Returns the rows of the path of a lookup, all of them open. */
export function rowsOfLookup(rows: readonly LookupRow[]): readonly FoundRow[] {
  return rows.map(({ row, rows: inner }) => ({ row, rows: rowsOfLookup(inner), isOpen: true }));
}
