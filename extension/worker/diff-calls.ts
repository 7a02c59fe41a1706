import type { Sliced } from '../../engine/core/slices.ts';
import { UserError } from '../../engine/core/user-error.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import type { ComparedMemory, ComparisonSummary, DiffCalls } from '../../engine/views/diff/calls.ts';
import { ComparisonView } from '../../engine/views/diff/comparison-view.ts';
import { snapshotPairs } from '../../servers/open-files/snapshot-pairs.ts';

type DiffHandlers = {
  readonly [Name in keyof DiffCalls]: (params: DiffCalls[Name]['params']) => Promise<DiffCalls[Name]['result']>;
};

/** Opens and closes the memories of comparisons. @throws UserError if one cannot be opened */
export interface ComparedMemories {
  open(memory: ComparedMemory, folders: readonly string[]): Promise<Snapshot>;
  closeAll(): Promise<void>;
}

/** Time of one part of the work. Milliseconds. */
const MAX_TIME = 40;

interface Running {
  readonly view: ComparisonView;
  readonly work: Sliced<ComparisonSummary>;
  part: number | undefined;
  summary: ComparisonSummary | undefined;
}

/** Returns the handlers of the calls of a comparison. There is one at a time. */
export function diffHandlers(memories: ComparedMemories): DiffHandlers {
  let current: Running | undefined;
  const running = (): Running => {
    if (current === undefined) throw new UserError('request', 'This comparison was given up. Compare the snapshots again.');
    return current;
  };
  return {
    'diff/begin': async ({ before, after, folders }) => {
      current = undefined;
      await memories.closeAll();
      const view = new ComparisonView(await memories.open(before, folders), await memories.open(after, folders));
      current = { view, work: view.compare(), part: undefined, summary: undefined };
      return undefined;
    },
    'diff/more': async () => {
      const comparison = running();
      const { view, work } = comparison;
      const end = performance.now() + MAX_TIME;
      const { doing } = view;
      while (comparison.summary === undefined && performance.now() < end && view.doing === doing) {
        const turn = work.next();
        if (turn.done === true) comparison.summary = turn.value;
        else comparison.part = turn.value ?? comparison.part;
      }
      const { summary, part } = comparison;
      if (summary !== undefined) return { isDone: true, summary };
      return { isDone: false, text: view.doing, part: view.doing === doing ? part : undefined };
    },
    'diff/pairs': async ({ before, after }) => snapshotPairs(before, after),
    'diff/close': async () => {
      current = undefined;
      await memories.closeAll();
      return undefined;
    },
    'diff/map': async (params) => running().view.map(params),
    'diff/entries': async (params) => running().view.entries(params),
    'diff/entry': async (params) => running().view.entry(params),
  };
}
