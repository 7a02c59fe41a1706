import type { PlacedStructure } from '../../engine/snapshot/placed.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import type { MemoryRef } from '../../engine/views/protocol.ts';
import type { TableCalls } from '../../engine/views/table/calls.ts';
import { tableSubjects } from '../../engine/views/table/subjects.ts';
import { TableView } from '../../engine/views/table/table-view.ts';
import { TableSearches } from '../../servers/open-files/table-searches.ts';

type TableHandlers = {
  readonly [Name in keyof TableCalls]: (params: TableCalls[Name]['params']) => Promise<TableCalls[Name]['result']>;
};

/** Finds a memory, and a structure in it. @throws UserError if it is not there */
interface Find {
  readonly snapshot: (memory: MemoryRef) => Promise<Snapshot>;
  readonly structure: (memory: MemoryRef, part: string) => Promise<readonly [Snapshot, PlacedStructure]>;
}

/** Maximum time of one part of a search. Milliseconds. */
const MAX_SEARCHING = 40;

/** Returns the handlers of the tables' calls. */
export function tableHandlers({ snapshot, structure }: Find): TableHandlers {
  const searches = new TableSearches();
  /** The tables of each state of a memory, by part. */
  const views = new WeakMap<Snapshot, Map<string, TableView>>();
  const viewsOf = (image: Snapshot): Map<string, TableView> => {
    const known = views.get(image) ?? new Map<string, TableView>();
    views.set(image, known);
    return known;
  };
  const open = async (memory: MemoryRef, part: string): Promise<TableView> => {
    const [image, placed] = await structure(memory, part);
    const view = new TableView(image, placed);
    viewsOf(image).set(part, view);
    return view;
  };
  const view = async (memory: MemoryRef, part: string): Promise<TableView> =>
    viewsOf(await snapshot(memory)).get(part) ?? open(memory, part);
  return {
    'table/subjects': async ({ memory, offset }) => tableSubjects(await snapshot(memory), offset),
    'table/open': async ({ memory, part }) => (await open(memory, part)).summary(),
    'table/rows': async ({ memory, part, from, count }) => (await view(memory, part)).rows(from, count),
    'table/index': async ({ memory, part }) => (await view(memory, part)).index(),
    'table/search': async ({ memory, part, wanted }) => searches.begin(await view(memory, part), wanted),
    'table/search-more': async ({ search }) => searches.more(search, MAX_SEARCHING),
    'table/copy': async ({ memory, part, index, format, columns }) => (await view(memory, part)).copy(index, format, columns),
  };
}
