import { Budget } from '../core/budget.ts';
import type { Report } from '../core/findings.ts';
import { at, type ReadableMemory } from '../core/memory/memory.ts';
import type { Structure } from '../core/structure.ts';
import { openStableBTree } from '../motoko/stable-btree/inspect.ts';
import { openValueLog } from '../program-layouts/find-log.ts';
import { blankStart } from './blank-start.ts';
import { openBTree } from './btree/inspect.ts';
import { openLostMap } from './btree/lost-map.ts';
import { openCell } from './cell/inspect.ts';
import { openLog } from './log/inspect.ts';
import { DATA_MAGIC, decodeHeader as decodeLog, INDEX_MAGIC, VERSION as LOG_VERSION } from './log/layout.ts';
import { pairLogs } from './log/pair.ts';
import { couldBeLogIndex, isReserved } from './plausible.ts';
import { type RecognisedKind, recognise } from './recognise.ts';
import { openDump } from './upgrade-dump/inspect.ts';
import { openVec } from './vec/inspect.ts';

/** Maximum bytes, over all memories, searched for structures whose headers are lost. */
const MAX_SEARCHED = 64 << 20;

/**
 * Opens every structure at the start of one of these memories. They must be all memories of an image, in the order of their
 * numbers, because a log is in two of them. A structure with one damaged letter in its magic is opened, and its magic reported,
 * if the rest of its header fits. `place`: whether the memories belong to a manager.
 */
export function openStructures(
  memories: readonly ReadableMemory[],
  report: Report,
  place: 'own' | 'managed' = 'own',
): readonly Structure[] {
  const surroundings = { place, budget: new Budget({ bytes: MAX_SEARCHED }) };
  const kinds = new Map(memories.map((memory) => [memory, recognise(memory).map(({ kind }) => kind)]));
  const having = (kind: RecognisedKind): ReadableMemory[] => memories.filter((memory) => kinds.get(memory)?.includes(kind));
  const nameless = memories.filter((memory) => kinds.get(memory)?.length === 0);
  const empty = having('log-data').length === 0 ? [] : nameless.filter(couldBeEmptyIndex);
  const indexes = [...having('log'), ...empty];
  const logs = pairLogs(memories, indexes, [...having('log-data'), ...nameless.filter(couldBeLogData)]);
  const paired = new Set(logs.flatMap(({ index, data }) => [index, data]));
  return memories.flatMap((memory) => {
    const log = logs.find(({ index }) => index === memory);
    if (log) return openLog(log.index, log.data, report) ?? [];
    if (paired.has(memory)) return [];
    return openStableBTree(memory, report) ?? openOne(memory, kinds.get(memory) ?? [], surroundings, report) ?? [];
  });
}

/** The place of a memory, and the budget of a search for lost structures. */
interface Surroundings {
  readonly place: 'own' | 'managed';
  readonly budget: Budget;
}

/**
 * Opens a map whose header, and perhaps first pages, are lost, if nothing else starts there: buckets are not erased when another
 * memory gets them.
 */
function openLost(memory: ReadableMemory, budget: Budget): Structure | undefined {
  return blankStart(memory, budget) === undefined ? undefined : openLostMap(memory, budget);
}

function openOne(
  memory: ReadableMemory,
  kinds: readonly RecognisedKind[],
  { place, budget }: Surroundings,
  report: Report,
): Structure | undefined {
  const [kind] = kinds;
  switch (kind) {
    case 'btreemap':
      return openBTree(memory, report);
    case 'vec':
    case 'minheap':
      return openVec(memory, kind, report);
    case 'cell':
      return openCell(memory, report);
    case 'log':
    case 'log-data': {
      const [own, other] = kind === 'log' ? ['index', 'data'] : ['data', 'index'];
      const message = `This is the ${own} of a log, but there is no memory that could be its ${other}.`;
      report({ code: 'log.unpaired', memory, at: { start: at(0, 0), length: 4 }, message });
      return undefined;
    }
    default:
      // Neither has a magic. A dump is a single value.
      return openLost(memory, budget) ?? openValueLog(memory, place) ?? openDump(memory, report);
  }
}

/** Returns whether the memory can be the data of a Log whose magic or version is damaged. */
function couldBeLogData(memory: ReadableMemory): boolean {
  if (memory.pages === 0 || !isReserved(memory)) return false;
  const { magic, version } = decodeLog(memory);
  return version === LOG_VERSION || magic === DATA_MAGIC;
}

/**
 * Returns whether the memory can be the index of an empty Log whose version is damaged. The only evidence is the magic, and a
 * data memory among the others.
 */
function couldBeEmptyIndex(memory: ReadableMemory): boolean {
  return memory.pages > 0 && decodeLog(memory).magic === INDEX_MAGIC && couldBeLogIndex(memory);
}
