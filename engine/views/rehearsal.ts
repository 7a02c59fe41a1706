import { Budget } from '../core/budget.ts';
import { byteLength, holds, offsetAt, type ReadableMemory } from '../core/memory/memory.ts';
import type { StructureKind } from '../core/structure-kinds.ts';
import type { Access, MessageAccesses } from '../recorder/access-counter.ts';
import type { ShownVariable } from '../snapshot/motoko/variables.ts';
import { openSnapshot } from '../snapshot/open-snapshot.ts';
import { ownersOf } from '../snapshot/owners.ts';
import type { Snapshot, SnapshotSource } from '../snapshot/snapshot.ts';
import { nameOfOwner } from './explanation.ts';

/** The report of `stable-memory rehearse --json`. Fields may be added, never renamed. */
export interface RehearsalReport {
  readonly schema: 'stable-memory/rehearse/1';
  /** True if the upgrade succeeds, and the one back to the old module, if it was asked for. */
  readonly succeeds: boolean;
  /** True if the upgrade to the new module succeeds. */
  readonly isUpgraded: boolean;
  /** The hooks that ran, in order. */
  readonly hooks: readonly HookReport[];
  readonly pagesBefore: number;
  /** The same as before where the upgrade to the new module fails, because then nothing of it stays. */
  readonly pagesAfter: number;
  /** The structures that came, went, or have another length or kind. */
  readonly structures: readonly StructureChange[];
  /** The stable variables of a Motoko canister whose value or type is another than before. */
  readonly variables: readonly VariableChange[];
  readonly remarks: readonly string[];
}

/** A stable variable before and after. A missing side: the program does not have it. */
export interface VariableChange {
  readonly name: string;
  readonly before?: { readonly type?: string; readonly value?: string };
  readonly after?: { readonly type?: string; readonly value?: string };
}

/** A hook of an upgrade: what it did to stable memory, and how it ended. */
export interface HookReport {
  readonly hook: 'pre_upgrade' | 'post_upgrade';
  /** True where it belongs to the upgrade back to the old module. */
  readonly back: boolean;
  readonly outcome: 'done' | 'trapped';
  readonly error?: string;
  /** The canister's functions that ran when it trapped, innermost first. */
  readonly stack?: readonly string[];
  readonly reads: number;
  readonly bytesRead: number;
  readonly writes: number;
  readonly bytesWritten: number;
  readonly pagesGrown: number;
  /** The last access before the trap, which may be what trapped. */
  readonly lastAccess?: AccessReport;
  /** The one before it, if the last is beyond the end of stable memory. */
  readonly accessBefore?: AccessReport;
}

/** An access of stable memory. */
export interface AccessReport {
  readonly kind: 'read' | 'write';
  readonly address: number;
  readonly length: number;
  /** The owners of its first byte, outermost first. Empty if it is beyond the end of stable memory. */
  readonly owners: readonly string[];
}

export interface StructureChange {
  /** The id of the part, as `inspect` lists it. */
  readonly part: string;
  readonly kind: StructureKind;
  readonly change: 'added' | 'removed' | 'changed';
  /** Numbers of elements, in decimal digits. Absent where the structure is not there, or has none. */
  readonly lengthBefore?: string;
  readonly lengthAfter?: string;
}

/** Opens a memory as it is in a recording. `running`: what is known about the running program. */
export function snapshotOfMemory(
  title: string,
  memory: ReadableMemory,
  running: Pick<SnapshotSource, 'wasmMemory' | 'program' | 'names'> = {},
): Snapshot {
  return openSnapshot({ title, memory, bytes: byteLength(memory), missing: [], remarks: [], ...running });
}

/** Returns the report of a hook. `trap`: how it trapped, and the memory at that moment. */
export function hookReport(
  accesses: MessageAccesses,
  back: boolean,
  trap: { readonly error: string; readonly functions: readonly string[]; readonly memory: ReadableMemory } | undefined,
): HookReport {
  const { kind, reads, bytesRead, writes, bytesWritten, grown, last, before } = accesses;
  const counts = { reads, bytesRead, writes, bytesWritten, pagesGrown: grown };
  const hook = kind === 'pre-upgrade' ? 'pre_upgrade' : 'post_upgrade';
  if (!trap) return { hook, back, outcome: 'done', ...counts };
  return {
    hook,
    back,
    outcome: 'trapped',
    error: trap.error,
    stack: trap.functions.toReversed(),
    ...counts,
    ...(last && { lastAccess: accessReport(last, trap.memory) }),
    ...(last && before && isBeyond(last, trap.memory) ? { accessBefore: accessReport(before, trap.memory) } : {}),
  };
}

function isBeyond({ address, length }: Access, memory: ReadableMemory): boolean {
  return !holds(memory, address, length);
}

function accessReport(access: Access, memory: ReadableMemory): AccessReport {
  if (isBeyond(access, memory)) return { ...access, owners: [] };
  const snapshot = snapshotOfMemory('the memory at the trap', memory);
  return { ...access, owners: ownersOf(snapshot, offsetAt(0, access.address), new Budget()).map(nameOfOwner) };
}

/** Returns the structures that differ between two states of a memory. */
export function structureChanges(before: Snapshot, after: Snapshot): readonly StructureChange[] {
  const old = new Map(before.structures.map((placed) => [placed.part, placed.structure]));
  const changes: StructureChange[] = [];
  for (const { part, structure } of after.structures) {
    const was = old.get(part);
    old.delete(part);
    if (was === undefined) changes.push({ part, kind: structure.kind, change: 'added', ...lengths(undefined, structure.length) });
    else if (was.length !== structure.length)
      changes.push({ part, kind: structure.kind, change: 'changed', ...lengths(was.length, structure.length) });
  }
  for (const [part, { kind, length }] of old) changes.push({ part, kind, change: 'removed', ...lengths(length, undefined) });
  return changes;
}

function lengths(before: bigint | number | undefined, after: bigint | number | undefined): Partial<StructureChange> {
  return {
    ...(before === undefined ? {} : { lengthBefore: String(before) }),
    ...(after === undefined ? {} : { lengthAfter: String(after) }),
  };
}

/** Returns the stable variables of a Motoko canister that differ between two states, as far as their values can be read. */
export function variableChanges(before: Snapshot, after: Snapshot): readonly VariableChange[] {
  const old = new Map(before.motoko.variables.map((variable) => [variable.id, variable]));
  const changes: VariableChange[] = [];
  for (const variable of after.motoko.variables) {
    const was = old.get(variable.id);
    old.delete(variable.id);
    if (was?.text === variable.text && was?.type === variable.type) continue;
    changes.push({ name: variable.name, ...(was && { before: sideOf(was) }), after: sideOf(variable) });
  }
  for (const variable of old.values()) changes.push({ name: variable.name, before: sideOf(variable) });
  return changes;
}

function sideOf({ type, text }: ShownVariable): VariableChange['after'] & object {
  return { ...(type === undefined ? {} : { type }), ...(text === undefined ? {} : { value: text }) };
}
