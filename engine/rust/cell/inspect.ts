import type { Budget } from '../../core/budget.ts';
import type { FindingCode, Report } from '../../core/findings.ts';
import { formatBytes } from '../../core/format.ts';
import { lastUsedEnd } from '../../core/memory/last-used.ts';
import { type Address, type AddressRange, at, byteLength, holds, type ReadableMemory } from '../../core/memory/memory.ts';
import type { Element, Owner, Recoverable, Structure, StructureScan } from '../../core/structure.ts';
import { type CellHeader, decodeHeader, LENGTH_AT, MAGIC, VALUE_AT, VERSION } from './layout.ts';

/**
 * Opens the cell in `memory`, which must have at least one page, even if its magic is damaged. Returns undefined, and reports the
 * reason, if it cannot be opened.
 */
export function openCell(memory: ReadableMemory, report: Report): Structure | undefined {
  const header = decodeHeader(memory);
  const reportAt = (code: FindingCode, start: Address, length: number, message: string): void =>
    report({ code, memory, at: { start, length }, message });
  if (header.magic !== MAGIC)
    reportAt('cell.bad-magic', at(0, 0), 3, `The magic is ${JSON.stringify(header.magic)}, not "${MAGIC}".`);
  if (header.version !== VERSION) {
    reportAt('cell.bad-version', at(0, 3), 1, `The layout version is ${header.version}; the only known version is ${VERSION}.`);
    return undefined;
  }
  if (!holds(memory, VALUE_AT, header.length)) {
    const room = formatBytes(byteLength(memory) - VALUE_AT);
    reportAt(
      'cell.len-outside',
      LENGTH_AT,
      4,
      `According to the header, the value has ${formatBytes(header.length)}, but the memory has room for only ${room}.`,
    );
  }
  return new CellView(memory, header);
}

const OVERWRITTEN = 'it is the end of a longer, older value, whose beginning was overwritten';

class CellView implements Structure {
  readonly kind = 'cell';
  readonly length = 1n;
  readonly memories: readonly [ReadableMemory];
  readonly facts: Structure['facts'];
  readonly #memory: ReadableMemory;
  /** The range of the value, as far as it is in the memory. */
  readonly #value: AddressRange;
  readonly #whole: boolean;
  /** The end of the last nonzero byte; known after the first request. */
  #used: number | undefined;

  constructor(memory: ReadableMemory, header: CellHeader) {
    this.#memory = memory;
    this.memories = [memory];
    this.facts = { version: header.version, size: header.length };
    this.#value = { start: VALUE_AT, length: Math.min(header.length, byteLength(memory) - VALUE_AT) };
    this.#whole = this.#value.length === header.length;
  }

  /** The end of a longer, older value, where there is one. */
  get recoverable(): Recoverable | undefined {
    const end = VALUE_AT + this.#value.length;
    this.#used ??= lastUsedEnd(this.#memory);
    const size = this.#used - end;
    if (size <= 0) return undefined;
    const value = { memory: this.#memory, spans: [{ start: at(0, end), length: size }], size };
    const residual = { origin: 'past-end', doubt: OVERWRITTEN } as const;
    return {
      elements: (from, limit) => (from === 0 && limit > 0 ? [{ index: 0, value, residual }] : []),
      count: () => 1,
    };
  }

  scan(_report: Report, budget: Budget): StructureScan {
    const live = this.#value.length;
    const free = byteLength(this.#memory) - VALUE_AT - live;
    return { usage: { metadata: VALUE_AT, live, free, leaked: 0, unknown: 0 }, facts: {}, cutShort: budget.cutShort };
  }

  elements(from: number, limit: number): readonly Element[] {
    if (from > 0 || limit < 1) return [];
    const value = { memory: this.#memory, spans: [this.#value], size: this.#value.length };
    return [{ index: 0, ...(this.#whole && { value }) }];
  }

  count(): number {
    return 1;
  }

  freeList(): readonly AddressRange[] {
    return [];
  }

  freeCount(): number {
    return 0;
  }

  owners(memory: ReadableMemory, address: Address): readonly Owner[] {
    if (memory !== this.#memory) return [];
    const end = VALUE_AT + this.#value.length;
    if (address >= end) return [{ kind: 'unused', address: at(0, end), length: byteLength(memory) - end }];
    if (address >= VALUE_AT) return [{ kind: 'field', name: 'value', address: VALUE_AT, length: this.#value.length }];
    const [name, start, length] =
      address < 3 ? ['magic', 0, 3] : address < LENGTH_AT ? ['version', 3, 1] : ['length', LENGTH_AT, 4];
    return [
      { kind: 'header', address: at(0, 0), length: VALUE_AT },
      { kind: 'field', name, address: at(0, start), length },
    ];
  }
}
