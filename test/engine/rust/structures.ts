import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import type { Finding, Report } from '../../../engine/core/findings.ts';
import { at, byteLength, PAGE_SIZE, type ReadableMemory } from '../../../engine/core/memory/memory.ts';
import { MemoryWindow } from '../../../engine/core/memory/window.ts';
import { type Element, readStored, type StoredBytes, type Structure } from '../../../engine/core/structure.ts';
import { inspectManager, type VirtualMemoryView } from '../../../engine/rust/memory-manager/inspect.ts';
import type { Bytes, Item, SidecarStructure } from './sidecar.ts';

/** Returns the memory of a sidecar's structure. */
export function memoryOf(image: ReadableMemory, where: SidecarStructure['at']): ReadableMemory {
  const [first, end] = where.page_range ?? [(where.offset ?? 0) / PAGE_SIZE, image.pages];
  const id = where.memory ?? where.index_memory;
  return id === undefined
    ? new MemoryWindow(image, at(0, first * PAGE_SIZE), Math.min(end, image.pages) - first)
    : virtualMemory(image, id);
}

export function virtualMemory(image: ReadableMemory, id: number): VirtualMemoryView {
  const view = inspectManager(image, () => {})?.memories.find((memory) => memory.id === id);
  if (!view) throw new Error(`There is no memory ${id}.`);
  return view;
}

/** Returns the findings that are reported while `act` runs. */
export function findingsOf(act: (report: Report) => unknown): readonly Finding[] {
  const findings: Finding[] = [];
  act((finding) => findings.push(finding));
  return findings;
}

const PAGE = 1000;

export function allElements(structure: Structure): readonly Element[] {
  const elements: Element[] = [];
  const count = structure.count(new Budget());
  for (let from = 0; from < count; from += PAGE) elements.push(...structure.elements(from, PAGE, new Budget()));
  return elements;
}

/** Returns the SHA-256 over the size and bytes of each key and value, as in the sidecars. */
export function digestOf(
  elements: readonly Element[],
  parts: (element: Element) => readonly (StoredBytes | undefined)[],
): string {
  const hash = createHash('sha256');
  for (const element of elements) {
    for (const run of parts(element)) {
      const bytes = run ? readStored(run) : new Uint8Array();
      const size = new Uint8Array(4);
      new DataView(size.buffer).setUint32(0, bytes.length, true);
      hash.update(size).update(bytes);
    }
  }
  return hash.digest('hex');
}

export function expectBytes(run: StoredBytes | undefined, expected: Bytes | undefined): void {
  const bytes = Buffer.from(run ? readStored(run) : []);
  if (expected === undefined) return;
  if ('hex' in expected) expect(bytes.toString('hex')).toBe(expected.hex);
  else expect([bytes.length, createHash('sha256').update(bytes).digest('hex')]).toEqual([expected.len, expected.sha256]);
}

/** Checks that each listed item is where it should be, and is the same when it is requested alone. */
export function expectItems(structure: Structure, items: readonly Item[]): void {
  for (const item of items) {
    const [element] = structure.elements(item.i, 1, new Budget());
    expect(element?.index).toBe(item.i);
    expectBytes(element?.key, item.k);
    expectBytes(element?.value, item.v);
  }
}

/** Checks that the usage of a scan adds up to the sizes of the memories. */
export function expectTiled(structure: Structure, report: Report = () => {}, budget = new Budget()): void {
  const { usage } = structure.scan(report, budget);
  const sum = usage.metadata + usage.live + usage.free + usage.leaked + usage.unknown;
  expect(sum).toBe(structure.memories.reduce((all, memory) => all + byteLength(memory), 0));
  for (const use of Object.values(usage)) expect(use).toBeGreaterThanOrEqual(0);
}
