import type { EngineClient } from '../engine-client.ts';
import type { TextPages } from '../text-pages.ts';
import type { ActiveMemory } from './active-memory.ts';
import { type ChosenRow, chooseRow } from './choose-row.ts';
import { doLongWork } from './long-work.ts';

/** Scheme of the pages with the shapes of maps. */
export const SHAPE_SCHEME = 'stable-memory-shape';

/** Shows the shape of the map of a row, or of one that the user chooses. */
export async function showShape(
  engine: EngineClient,
  active: ActiveMemory,
  pages: TextPages,
  from: ChosenRow | undefined,
): Promise<void> {
  const chosen =
    from ??
    (await chooseRow(engine, active, 'elements', ({ tree }) => tree !== undefined, {
      title: 'Show the shape of a map or set',
      none: 'This memory has no map or set whose nodes can be reached.',
    }));
  const part = chosen?.row.tree;
  if (chosen === undefined || part === undefined) return;
  const { memory, title } = chosen.shown;
  const begin = () => engine.call('memory/shape', { memory, part });
  const result = await doLongWork(engine, `Reading ${part}`, begin);
  if (result) await pages.show(`Shape of ${part} in ${title}`, result.text);
}
