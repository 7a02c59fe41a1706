/**
 * A long trace of an allocator that looks like that of a canister: seasons of growth, each with sizes of its own, after which most of
 * the season's blocks are freed and the rest stays.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { at } from '../../engine/core/memory/memory.ts';
import type { TraceEvent } from '../../engine/trace/events.ts';
import { CborTraceWriter } from '../../engine/trace/format/writer.ts';

const REGION = 1;
const SEASONS = 8;
/** The sizes are powers of two from 2^5 to 2^12. */
const SMALLEST = 5;
const CLASSES = 8;
/** Part of a season's blocks that stays in use. */
const STAYS = 0.15;

interface Block {
  readonly address: number;
  readonly sizeClass: number;
}

/** Writes such a trace with `steps` steps to a new file. */
export function writeLongTrace(path: string, steps: number): void {
  const file = openSync(path, 'w');
  const writer = new CborTraceWriter((bytes) => void writeSync(file, bytes));
  writer.header({ version: 1, producer: 'test', canister: undefined, wasmSha256: undefined, initial: undefined });
  for (const event of events(steps)) writer.event(event);
  writer.finish();
  closeSync(file);
}

function* events(steps: number): Generator<TraceEvent> {
  yield { kind: 'space', space: REGION, spaceKind: 'memory-region', name: 0, params: { region: 16 } };
  const random = randomNumbers();
  const free = Array.from({ length: CLASSES }, (): number[] => []);
  let end = 0;
  for (let season = 0, step = 0; step < steps; season++) {
    const last = Math.min(steps, step + Math.ceil(steps / SEASONS));
    const live: Block[] = [];
    // It grows for so many of its steps, and then shrinks.
    for (const turn = step + (last - step) * 0.55; step < last; step++) {
      const grows = random() < (step < turn ? 0.85 : 0.08);
      if (grows || live.length === 0) {
        const sizeClass = Math.floor((season * 3 + 3 * random() ** 2) % CLASSES);
        const address = free[sizeClass]?.pop() ?? end;
        const size = 2 ** (SMALLEST + sizeClass);
        if (address === end) end += size;
        if (random() > STAYS) live.push({ address, sizeClass });
        yield { kind: 'allocate', space: REGION, address: at(0, address), size, requested: undefined, stack: undefined };
      } else {
        const index = Math.floor(random() * live.length);
        const block = live[index];
        const moved = live.pop();
        if (!block || !moved) continue;
        if (index < live.length) live[index] = moved;
        const { address, sizeClass } = block;
        free[sizeClass]?.push(address);
        const size = 2 ** (SMALLEST + sizeClass);
        yield { kind: 'deallocate', space: REGION, address: at(0, address), size, stack: undefined };
      }
    }
  }
}

/** Returns a function that returns the next number from 0 to 1 of a fixed sequence. */
function randomNumbers(): () => number {
  let seed = 1;
  return () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
}
