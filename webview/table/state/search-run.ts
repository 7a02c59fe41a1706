import { UserError } from '../../../engine/core/user-error.ts';
import type { MemoryRef } from '../../../engine/views/protocol.ts';
import type { SearchedRows, TableSearch } from '../../../engine/views/table/calls.ts';
import { receivedRows } from './received-rows.ts';
import type { TableHost } from './table-host.ts';
import type { Problem } from './table-state.ts';

/** The structure that a page shows. */
export interface Target {
  readonly memory: MemoryRef;
  readonly part: string;
}

/**
 * Runs a search to its end, part by part. `onPart` gets each part. It returns false to end the search. Returns what is wrong if the
 * search cannot begin, or cannot go on.
 */
export async function runSearch(
  host: TableHost,
  target: Target,
  wanted: TableSearch,
  onPart: (part: SearchedRows) => boolean,
): Promise<Problem | undefined> {
  try {
    const begun = await host.call('table/search', { ...target, wanted });
    if ('problem' in begun) return { text: begun.problem, start: begun.start };
    for (;;) {
      const part = await host.call('table/search-more', { ...target, search: begun.search });
      if (!onPart({ ...part, rows: receivedRows(part.rows) }) || part.isDone) return undefined;
    }
  } catch (error) {
    if (error instanceof UserError) return { text: error.message, start: undefined };
    throw error;
  }
}
