import type { Budget } from '../../core/budget.ts';
import type { FindingCode, Report } from '../../core/findings.ts';
import { formatAddress, formatCount, formatCounted } from '../../core/format.ts';
import { littleEndian } from '../../core/little-endian.ts';
import { type Address, type AddressRange, at, byteLength, type ReadableMemory } from '../../core/memory/memory.ts';
import type { Element, Owner, Recoverable, Structure, StructureScan } from '../../core/structure.ts';
import { UsageRuns } from '../../core/usage-runs.ts';
import { ValueIndex } from '../memory-buffer/value-index.ts';
import { findClashes } from '../overlap-suspects.ts';
import { beginsWithText } from '../region-start.ts';
import { NodeChain } from './chain.ts';
import { headerFieldAt, nodeFieldAt } from './fields.ts';
import {
  COUNT_AT,
  decodeHeader,
  decodeNode,
  HEAD_AT,
  HEADER_LENGTH,
  MAGIC,
  NODE_HEADER_LENGTH,
  type QueueHeader,
  type QueueNode,
  SIZE_IN_NODE,
  TAIL_AT,
  VALUE_IN_NODE,
  VERSION,
  VERSION_AT,
} from './layout.ts';
import { PoppedValues } from './popped.ts';

/** Opens the queue in a region. Returns undefined if there is none, or if its layout version is not known, which is reported. */
export function openMemoryQueue(memory: ReadableMemory, report: Report): MemoryQueueView | undefined {
  const header = decodeHeader(memory);
  if (header?.magic !== MAGIC || beginsWithText(memory)) return undefined;
  if (header.version === VERSION) return new MemoryQueueView(memory, header);
  if (!couldBeQueue(memory, header)) return undefined;
  const message = `The layout version of the queue is ${header.version}. Only version ${VERSION} can be read.`;
  report({ code: 'queue.bad-version', memory, at: VERSION_AT, message });
  return undefined;
}

/** Returns whether count, head and tail can be those of a queue that has nodes. */
function couldBeQueue(memory: ReadableMemory, { count, head, tail }: QueueHeader): boolean {
  const isNode = (address: number): boolean => decodeNode(memory, address) !== undefined;
  return count > 0n && BigInt(byteLength(memory)) > count && (isNode(head) || isNode(tail));
}

type ReportAt = (code: FindingCode, span: AddressRange, message: string, right?: Uint8Array) => void;

/** A MemoryQueue, read from its region. */
export class MemoryQueueView implements Structure {
  readonly kind = 'memory-queue';
  readonly memories: readonly [ReadableMemory];
  readonly length: bigint;
  readonly facts = { version: VERSION };
  readonly #memory: ReadableMemory;
  readonly #header: QueueHeader;
  readonly #chain: NodeChain;
  #popped: PoppedValues | undefined;
  #index: ValueIndex | undefined;

  constructor(memory: ReadableMemory, header: QueueHeader) {
    this.memories = [memory];
    this.length = header.count;
    this.#memory = memory;
    this.#header = header;
    this.#chain = new NodeChain(memory, header);
  }

  /** Values that left the queue; undefined where the first node of all is still its head. */
  get recoverable(): Recoverable | undefined {
    if (this.#header.head === HEADER_LENGTH || decodeNode(this.#memory, HEADER_LENGTH)?.next === 0) return undefined;
    this.#popped ??= new PoppedValues(this.#memory, this.#header);
    return this.#popped;
  }

  scan(report: Report, budget: Budget): StructureScan {
    const index = this.#indexed(budget);
    if (index) {
      this.#checkChain(report);
      this.#checkOverlaps(index, report, budget);
    }
    // The allocator's free blocks are not in stable memory: these are the gaps between the nodes.
    const facts = index ? { freeBlocks: index.gapCount, freeBlocksInferred: true, highestEnd: index.end } : {};
    return { ...this.#usage(index), facts, cutShort: budget.cutShort };
  }

  elements(from: number, limit: number, budget: Budget): readonly Element[] {
    this.#chain.advance(from + limit, budget);
    const elements: Element[] = [];
    for (let index = from; index < Math.min(from + limit, this.#chain.length); index++) {
      if (!budget.spend(NODE_HEADER_LENGTH)) break;
      elements.push(this.#element(index, this.#chain.node(index)));
    }
    return elements;
  }

  count(budget: Budget): number {
    this.#chain.advance(Number.POSITIVE_INFINITY, budget);
    return this.#chain.length;
  }

  /** Returns the gaps between the nodes, up to the end of the last: no free list is stored. */
  freeList(from: number, limit: number, budget: Budget): readonly AddressRange[] {
    return this.#indexed(budget)?.gaps(from, limit) ?? [];
  }

  freeCount(budget: Budget): number {
    return this.#indexed(budget)?.gapCount ?? 0;
  }

  owners(memory: ReadableMemory, address: Address, budget: Budget): readonly Owner[] {
    if (memory !== this.#memory) return [];
    if (address < HEADER_LENGTH) return headerFieldAt(address);
    const index = this.#indexed(budget);
    if (!index) return [];
    const owners = index.at(address).flatMap((position): readonly Owner[] => {
      const node = this.#chain.node(position);
      const entry: Owner = {
        kind: 'entry',
        name: String(position),
        address: node.address,
        length: NODE_HEADER_LENGTH + node.size,
        element: this.#element(position, node),
      };
      return [entry, nodeFieldAt(node, address)];
    });
    if (owners.length > 0) return owners;
    const gap = index.gapAt(address);
    if (gap) return [{ kind: 'free-block', address: gap.start, length: gap.length }];
    return [{ kind: 'unused', address: index.end, length: byteLength(memory) - index.end }];
  }

  #element(index: number, node: QueueNode): Element {
    const start = at(node.address, VALUE_IN_NODE);
    const size = Math.min(node.size, byteLength(this.#memory) - start);
    return { index, value: { memory: this.#memory, spans: [{ start, length: size }], size } };
  }

  #usage(index: ValueIndex | undefined): Pick<StructureScan, 'usage' | 'runs'> {
    const { end, last, length } = this.#chain;
    // Lost nodes cannot be told apart from free bytes.
    const whole = end?.kind === 'whole' && last === this.#header.tail && BigInt(length) === this.length;
    const header = UsageRuns.of([HEADER_LENGTH, 'metadata']);
    const size = byteLength(this.#memory);
    if (index) index.layOut(header, size, whole ? 'free' : 'unknown');
    else header.addUntil(size, whole ? 'free' : 'unknown');
    return { usage: header.totals(), runs: [header] };
  }

  /** Returns an index of all nodes, or undefined if the budget does not suffice to find them. */
  #indexed(budget: Budget): ValueIndex | undefined {
    if (this.#index) return this.#index;
    this.#chain.advance(Number.POSITIVE_INFINITY, budget);
    if (!this.#chain.end) return undefined;
    const spans: number[] = [];
    for (let position = 0; position < this.#chain.length; position++) {
      if (!budget.spend(NODE_HEADER_LENGTH)) return undefined;
      const node = this.#chain.node(position);
      spans.push(node.address, Math.min(byteLength(this.#memory), node.address + NODE_HEADER_LENGTH + node.size));
    }
    this.#index = new ValueIndex(spans, [...Array(this.#chain.length).keys()], at(0, HEADER_LENGTH));
    return this.#index;
  }

  #checkChain(report: Report): void {
    const { end, length, last, oversized } = this.#chain;
    const reportAt: ReportAt = (code, span, message, right) =>
      report({ code, memory: this.#memory, at: span, message, right, path: length === 0 ? [] : [`element ${length - 1}`] });

    if (oversized !== undefined) {
      const node = this.#chain.node(oversized);
      const span = { start: at(node.address, SIZE_IN_NODE), length: VALUE_IN_NODE - SIZE_IN_NODE };
      const message = `Value ${formatCount(oversized)} should have ${formatCounted(node.size, 'byte')}, but the region ends before that.`;
      reportAt('queue.pointer', span, message);
    }
    if (end?.kind === 'cycle') {
      const message = `The node ${formatAddress(end.target)}, which should follow, comes earlier in the queue: the queue has a cycle.`;
      reportAt('queue.cycle', { start: end.pointer, length: 8 }, message);
      return;
    }
    if (end?.kind === 'outside') {
      const message = `No node can be at ${formatAddress(end.target)}; ${this.#missing()} cannot be reached.`;
      reportAt('queue.pointer', { start: end.pointer, length: 8 }, message);
      return;
    }
    this.#checkEnd(last, length, reportAt);
  }

  /** Compares the end of a sound chain with the header. */
  #checkEnd(last: number, length: number, reportAt: ReportAt): void {
    const { count, tail } = this.#header;
    const counted = count === BigInt(length);
    if (counted && last !== tail) {
      const message = `The last node is ${formatAddress(last)}, but the header's tail is ${formatAddress(tail)}: the next value would be lost.`;
      reportAt('queue.pointer', TAIL_AT, message, littleEndian(last, TAIL_AT.length));
    } else if (!counted && last !== tail) {
      const pointer = last === 0 ? HEAD_AT : { start: at(0, last), length: 8 };
      const message = `The queue ends here after ${formatCounted(length, 'value')}, but its tail is ${formatAddress(tail)}; ${this.#missing()} cannot be reached.`;
      reportAt('queue.pointer', pointer, message);
    }
    if (counted) return;
    const message = `The queue counts ${formatCounted(count, 'value')}, but ${formatCount(length)} can be reached from its head.`;
    // If the chain reaches the tail, either the count or the head is wrong. A head that skips values cannot lead to too many.
    const span = { start: COUNT_AT.start, length: COUNT_AT.length + HEAD_AT.length };
    const isLow = last === tail && count < BigInt(length);
    const right = (BigInt(this.#header.head) << 64n) + BigInt(length);
    reportAt('queue.count', span, message, isLow ? littleEndian(right, span.length) : undefined);
  }

  #missing(): string {
    const missing = this.#header.count - BigInt(this.#chain.length);
    return missing > 0n ? formatCounted(missing, 'value') : 'what follows';
  }

  #checkOverlaps(index: ValueIndex, report: Report, budget: Budget): void {
    const isOut = (position: number): boolean => {
      const { address, size } = this.#chain.node(position);
      return address + NODE_HEADER_LENGTH + size > byteLength(this.#memory);
    };
    for (const { suspect, overlap, values } of findClashes(index, isOut)) {
      if (!budget.spend()) return;
      const { first, second, span } = overlap;
      const others = values > 1 ? `, and ${formatCounted(values - 1, 'other')} with it` : '';
      const message = `Values ${formatCount(first)} and ${formatCount(second)} share ${formatCounted(span.length, 'byte')} at ${formatAddress(span.start)}${others}: one has overwritten the other${suspect === undefined ? '' : `, or the size of value ${formatCount(suspect)} is wrong`}.`;
      const path = [`element ${first}`, `element ${second}`];
      const at = suspect === undefined ? span : { start: this.#chain.node(suspect).address, length: NODE_HEADER_LENGTH };
      report({ code: 'queue.overlap', memory: this.#memory, at, message, path });
    }
  }
}
