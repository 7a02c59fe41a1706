/**
 * Imports traces of a Motoko `MemoryRegion` (`mr-trace/1`): JSON Lines. The first line is an object with the library's name; then
 * one array per operation, `[kind, a, b, address, size, deallocated, pages]`, where the last three are totals of the region
 * afterwards; at the end an object with the final state.
 *
 * | kind | operation                                                                   |
 * |-----:|-----------------------------------------------------------------------------|
 * |    0 | allocate `a` bytes; the block's id is the count of allocations before it     |
 * |    1 | deallocate block `a`                                                         |
 * |    2 | resize block `a` to `b` bytes                                                |
 */
import { type Address, at } from '../../core/memory/memory.ts';
import type { ByteSource } from '../../core/memory/source.ts';
import type { FarAddresses, TraceEvent } from '../events.ts';
import { jsonOf, lines } from '../format/line-reader.ts';
import type { TraceFinding } from '../format/trace-sink.ts';
import type { ImportedTrace } from './imported-trace.ts';

export const REGION_TRACE_SCHEMA = 'mr-trace/1';

/** Id of the first region that a canister creates. */
const REGION = 16;
const SPACE = 1;

/** The library's name in the trace, and our policy that does the same. */
const POLICIES: Readonly<Record<string, string>> = {
  'mr-0.1.1+shbtm-1.3.0': 'memory-region@0.1.1',
  'mr-1.1.1+ab-0.5.0': 'memory-region@1.1.1',
  'mr-1.2.4+ab-0.5.2': 'memory-region@1.2.4',
  'mr-1.4.0+ab-0.7.1': 'memory-region@1.4.0',
};

/** The address that old releases return for a request for no bytes, as rounded by JSON and exact. */
const NOWHERE = 2 ** 64;
const NOWHERE_EXACT = 2n ** 64n - 1n;

interface Block {
  readonly address: Address;
  readonly size: number;
}

/** Returns the exact addresses of an event's block, and of the block before it moved, if they are 2^53 or more. */
function withFar({ address }: Block, old?: Block): { readonly far?: FarAddresses } {
  const far = {
    ...(address === NOWHERE && { address: NOWHERE_EXACT }),
    ...(old?.address === NOWHERE && { oldAddress: NOWHERE_EXACT }),
  };
  return Object.keys(far).length > 0 ? { far } : {};
}

export function importRegionTrace(source: ByteSource, header: Readonly<Record<string, unknown>>): ImportedTrace {
  const library = typeof header['lib'] === 'string' ? header['lib'] : '';
  const workload = typeof header['workload'] === 'string' ? header['workload'] : '';
  const findings: TraceFinding[] = [];
  return {
    header: {
      version: 1,
      producer: `import of ${[REGION_TRACE_SCHEMA, library, workload].filter((word) => word !== '').join(' ')}`,
      canister: undefined,
      wasmSha256: undefined,
      initial: undefined,
    },
    events: importEvents(source, policyOf(library), findings),
    findings,
  };
}

function* importEvents(source: ByteSource, policy: string, findings: TraceFinding[]): Generator<TraceEvent, void, undefined> {
  yield { kind: 'string', id: 1, text: `region ${REGION}` };
  yield {
    kind: 'space',
    space: SPACE,
    spaceKind: 'memory-region',
    name: 1,
    params: policy === '' ? { region: REGION } : { region: REGION, policy },
  };
  /** The blocks, by id. */
  const blocks: Block[] = [];
  let step = 0;
  for (const { text, offset } of lines(source)) {
    if (text.startsWith('{')) continue;
    const event = eventOf(jsonOf(text), blocks);
    if (!event) {
      const message = `The operation at byte ${offset} is not valid in a trace of a MemoryRegion. Everything before it was imported.`;
      findings.push({ code: 'trace.bad-event', offset, step, message });
      return;
    }
    step++;
    yield event;
  }
}

function eventOf(row: unknown, blocks: Block[]): TraceEvent | undefined {
  if (!Array.isArray(row)) return undefined;
  const numbers = row.map((value: unknown) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined,
  );
  const [kind, first, second, place] = numbers;
  const isNowhere = row[3] === NOWHERE;
  if (first === undefined || second === undefined || (place === undefined && !isNowhere)) return undefined;
  const address = at(0, place ?? NOWHERE);
  const block = blocks[first];
  switch (kind) {
    case 0: {
      const made = { address, size: first };
      blocks.push(made);
      return { kind: 'allocate', space: SPACE, ...made, requested: undefined, stack: undefined, ...withFar(made) };
    }
    case 1:
      return block && { kind: 'deallocate', space: SPACE, ...block, stack: undefined, ...withFar(block) };
    case 2: {
      if (!block) return undefined;
      const moved = { address, size: second };
      blocks[first] = moved;
      const { address: oldAddress, size: oldSize } = block;
      return { kind: 'reallocate', space: SPACE, oldAddress, oldSize, ...moved, stack: undefined, ...withFar(moved, block) };
    }
    default:
      return undefined;
  }
}

/**
 * Returns the policy of a library: `mr-1.4.0+ab-0.8.0` is `memory-region@1.4.0+augmented-btrees@0.8.0`. Some pairs have a shorter
 * name.
 */
function policyOf(library: string): string {
  return (
    POLICIES[library] ??
    library.replace(/^mr-/, 'memory-region@').replace('+ab-', '+augmented-btrees@').replace('+shbtm-', '+btree@')
  );
}
