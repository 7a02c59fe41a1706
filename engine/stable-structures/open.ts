import type { Report } from '../findings.ts';
import { at, byteLength, type ReadableMemory, readBytes } from '../memory/memory.ts';
import type { Structure } from '../structure.ts';
import { openBTree } from './btree/inspect.ts';
import { openCell } from './cell/inspect.ts';
import { decodeHeader as decodeCell, VALUE_AT } from './cell/layout.ts';
import { openLog } from './log/inspect.ts';
import { COUNT_AT, decodeHeader as decodeLog, endOf, endsThere, VERSION as LOG_VERSION } from './log/layout.ts';
import { pairLogs } from './log/pair.ts';
import { type RecognisedKind, recognise } from './recognise.ts';
import { openDump } from './upgrade-dump/inspect.ts';
import { openVec } from './vec/inspect.ts';
import { decodeHeader as decodeVec, SLOTS_AT, slotSize } from './vec/layout.ts';

/**
 * Opens every structure that stands at the start of one of these memories: all of an image's, in the order of their numbers, as a log lies in
 * two. One whose magic lost a letter is opened, and its magic reported, where the rest of its header agrees.
 */
export function openStructures(memories: readonly ReadableMemory[], report: Report): readonly Structure[] {
  const kinds = new Map(memories.map((memory) => [memory, possibleKinds(memory)]));
  const having = (kind: RecognisedKind): ReadableMemory[] => memories.filter((memory) => kinds.get(memory)?.includes(kind));
  const nameless = memories.filter((memory) => kinds.get(memory)?.length === 0 && couldBeLogData(memory));
  const logs = pairLogs(memories, having('log'), [...having('log-data'), ...nameless]);
  const paired = new Set(logs.flatMap(({ index, data }) => [index, data]));
  return memories.flatMap((memory) => {
    const log = logs.find(({ index }) => index === memory);
    if (log) return openLog(log.index, log.data, report) ?? [];
    return paired.has(memory) ? [] : (openOne(memory, kinds.get(memory) ?? [], report) ?? []);
  });
}

function openOne(memory: ReadableMemory, kinds: readonly RecognisedKind[], report: Report): Structure | undefined {
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
      const message = `This is the ${own} of a log; no memory is there that could be its ${other}.`;
      report({ code: 'log.unpaired', memory, at: { start: at(0, 0), length: 4 }, message });
      return undefined;
    }
    default:
      // A dump has no magic.
      return openDump(memory, report);
  }
}

/** What may stand in the memory: what a whole magic says, or each for which magic and header are nearly right. */
function possibleKinds(memory: ReadableMemory): readonly RecognisedKind[] {
  return recognise(memory)
    .filter(({ kind, whole }) => whole || isPlausible(memory, kind))
    .map(({ kind }) => kind);
}

/** Whether the header agrees with the kind, where the magic alone does not say it. */
function isPlausible(memory: ReadableMemory, kind: RecognisedKind): boolean {
  switch (kind) {
    case 'btreemap':
      return true;
    case 'vec':
    case 'minheap': {
      const header = decodeVec(memory);
      return header.fixed <= 1 && Number(header.length) * slotSize(header) <= byteLength(memory) - SLOTS_AT;
    }
    case 'cell':
      return decodeCell(memory).length <= byteLength(memory) - VALUE_AT;
    case 'log': {
      const header = decodeLog(memory);
      const ends = endsThere(memory, header);
      const middle = Math.floor(ends / 2);
      return BigInt(ends) === header.count && (ends === 0 || endOf(memory, middle) <= endOf(memory, ends - 1));
    }
    case 'log-data':
      return couldBeLogData(memory);
  }
}

function couldBeLogData(memory: ReadableMemory): boolean {
  if (memory.pages === 0) return false;
  const header = readBytes(memory, at(0, 0), COUNT_AT);
  return header[3] === LOG_VERSION && header.subarray(4).every((byte) => byte === 0);
}
