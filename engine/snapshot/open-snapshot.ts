import type { Finding, Report } from '../core/findings.ts';
import { byteLength, offsetAt, PAGE_SIZE, type ReadableMemory } from '../core/memory/memory.ts';
import type { PartId } from '../core/part-ids.ts';
import { persistenceOfProgram } from '../motoko/heap/variables.ts';
import { candidCodec, type FieldNames } from '../values/codecs/candid.ts';
import { codecOf } from '../values/codecs.ts';
import { tile } from './areas.ts';
import { ABSENCE_CODES, isOfCut, restOfPage, withKnownOwners } from './checks/absence.ts';
import { rateOf } from './cost.ts';
import { Decoding } from './decoding.ts';
import { fileFindings } from './file-findings.ts';
import { type Labels, labelFor, NO_LABELS } from './labels.ts';
import { detectLayout, imageSpace } from './layout/layout.ts';
import { partOfManager, spaceOfManager } from './layout/managers.ts';
import { remarksOnProgram, remarksOnUnknown } from './layout/unknown.ts';
import { withWindows } from './layout/windows.ts';
import { withZeros } from './layout/zeros.ts';
import { MotokoState } from './motoko/motoko-state.ts';
import { type FittingMemories, fittingMemories } from './names/declared-memories.ts';
import type { NameSources } from './names/space-names.ts';
import type { PlacedFinding, PlacedStructure } from './placed.ts';
import { Places } from './places.ts';
import { findResidualDump } from './residual-dump.ts';
import type { Snapshot, SnapshotSource } from './snapshot.ts';
import { findStructures } from './structures.ts';

/** Bytes at an image's start that decide how all of it is read: they contain the magic and header of any manager. */
const MANAGER_HEADER = 64;

/** Opens a stable memory. Reads only the manager and the structures' headers; the rest is read on demand. */
export function openSnapshot(source: SnapshotSource): Snapshot {
  const { memory, bytes, missing, labels = NO_LABELS } = source;
  const names: FieldNames = new Map([...(source.project?.fields ?? []), ...(source.names ?? [])]);
  const found: Finding[] = [];
  const report: Report = (finding) => found.push(finding);

  const image = withKnownOwners(memory, [...missing, ...restOfPage(bytes)]);
  // Variables, and what is declared, are read when a name is needed; the layout is known by then.
  let declared: FittingMemories | undefined;
  const fitting = (): FittingMemories => {
    declared ??= fittingMemories(source.project?.memories ?? [], detected);
    return declared;
  };
  const sources: NameSources = {
    labels,
    declared: (part) => fitting().memories.get(part),
    variable: (region) => motoko.found.holdings.regions.get(region),
  };
  const managed = detectLayout(image, report, sources, source.liveBuckets);
  const isComplete = missing.length === 0 && bytes % PAGE_SIZE === 0;
  const detected = withWindows(image, withZeros(image, managed, isComplete), sources, report);
  const { layout, spaces } = detected;
  const areas = tile(detected.areas, bytes);
  const managers = layout.kind === 'memory-manager' ? layout.managers : [];
  const motoko = new MotokoState({
    image: memory,
    layout,
    spaces,
    names,
    wasmMemory: source.wasmMemory,
    program: source.program,
  });

  const start = { start: offsetAt(0, 0), length: Math.min(MANAGER_HEADER, bytes) };
  const tables = areas.filter(({ kind }) => kind === 'named').map(({ extent }) => extent);
  const others = [
    ...managers.map((manager) => [manager.memory, spaceOfManager(manager)] as const),
    ...[memory, image].map((whole) => [whole, imageSpace(whole)] as const),
  ];
  const places = new Places({ bytes, missing, tables: [start, ...tables], spaces, others });
  const managerFindings = found.splice(0).flatMap((finding) => {
    const own = managers.find((manager) => manager.memory === finding.memory);
    const page = { start: offsetAt(0, (own?.page ?? 0) * PAGE_SIZE), length: PAGE_SIZE };
    if (places.isIncomplete && (places.lacks(page) || isOfCut(finding, layout, bytes))) return [];
    return places.place(finding, own === undefined ? (areas[0]?.part ?? 'image') : partOfManager(own));
  });

  const { structures: present, unread } = findStructures(detected, report, labels, () => motoko.found);
  const residualDump = findResidualDump(memory, layout, areas, present, report);
  const structures = residualDump === undefined ? present : [...present, residualDump];
  for (const placed of structures) places.addStructure(placed);
  const persistence = persistenceOfProgram(source.program, source.wasmMemory);
  const codecs = codecsOf(labels, names);
  const canister = fitting().isOther ? undefined : source.project?.canister;
  return {
    title: titleOf(source.title, canister),
    canister,
    memory,
    bytes,
    missing,
    remarks: [
      ...source.remarks,
      ...detected.remarks,
      ...remarksOnProgram(layout, persistence),
      ...remarksOnUnknown({ memory, layout, structures, missing }),
    ],
    layout,
    spaces,
    areas,
    structures,
    residualDump,
    unread,
    openingFindings: [...fileFindings(source), ...openingFindings(places, structures, managerFindings, found)],
    places,
    motoko,
    labels,
    codecs,
    decoding: decodingOf(structures, labels, codecs),
    rate: rateOf(source.costs?.command, labels.cost, source.costs?.settings),
    persistence,
    broken: source.broken,
    change: () => source.change?.(),
  };
}

/** Opens the snapshot with the bytes of `memory` instead of its own. */
export function reopenAs({ title, memory: own, bytes, missing, labels }: Snapshot, memory: ReadableMemory): Snapshot {
  const size = memory.pages === own.pages ? bytes : byteLength(memory);
  return openSnapshot({ title, memory, bytes: size, missing, remarks: [], labels });
}

/** Returns the findings of the manager's tables and the structures' headers, where the file has the bytes that prove them. */
function openingFindings(
  places: Places,
  structures: readonly PlacedStructure[],
  ofManagers: readonly PlacedFinding[],
  ofStructures: readonly Finding[],
): readonly PlacedFinding[] {
  const partly = new Set<PartId>(structures.filter(({ spaces }) => places.arePartlyMissing(spaces)).map(({ part }) => part));
  const placed = ofStructures.flatMap((finding) => places.placeIfThere(finding, places.partOf(finding)) ?? []);
  return [...(places.areTablesIncomplete ? [] : ofManagers), ...placed.filter(({ part }) => !partly.has(part))].filter(
    ({ code }) => !places.isIncomplete || !ABSENCE_CODES.has(code),
  );
}

/** Returns `chat · stable_memory.bin`; a title that is the canister's name as it is. */
function titleOf(title: string, canister: string | undefined): string {
  return canister === undefined || title === canister ? title : `${canister} · ${title}`;
}

function codecsOf({ codecs }: Labels, names: FieldNames): Snapshot['codecs'] {
  const candid = candidCodec(names);
  return names.size === 0 ? codecs : new Map([...codecs, [candid.name, candid]]);
}

function decodingOf(structures: readonly PlacedStructure[], labels: Labels, codecs: Snapshot['codecs']): Decoding {
  const decoding = new Decoding(codecs);
  for (const { part, space } of structures) {
    const { key, value } = labelFor(labels, space.part) ?? {};
    if (key !== undefined) decoding.choose(part, 'key', codecOf(key, codecs));
    if (value !== undefined) decoding.choose(part, 'value', codecOf(value, codecs));
  }
  return decoding;
}
