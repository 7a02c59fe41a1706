import type { StructureScan } from '../core/structure.ts';
import { definitionsInUse, printDefined, printType, printVariable } from '../motoko/signature/print.ts';
import { decodeHeader } from '../rust/btree/layout.ts';
import type { Role } from '../snapshot/decoding.ts';
import { partOfManager } from '../snapshot/layout/managers.ts';
import type { PlacedStructure } from '../snapshot/placed.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Space } from '../snapshot/space.ts';
import type { ScannedStructure } from '../snapshot/walk.ts';
import type { Codec } from '../values/codec.ts';
import { contentOf, digestOf, digestOfVariable, holdsElements } from './content.ts';
import type { LayoutLock, LockedManager, LockedSpace, LockedVariable } from './lock.ts';
import { decodeSample, emptyValues, samplingBudget } from './samples.ts';
import { shownVariables } from './variable-names.ts';

/** States in life, which the bytes do not show. */
export type States = Pick<LayoutLock, 'spaces' | 'variables'>;

const ALL_LIVE: States = { spaces: new Map(), variables: new Map() };

/**
 * Returns the lock of a snapshot whose structures were walked.
 *
 * @param states an older lock, whose states decide of what a digest is needed
 */
export function takeLock(snapshot: Snapshot, structures: readonly ScannedStructure[], states: States = ALL_LIVE): LayoutLock {
  const scans = new Map(structures.map(({ placed, scan }) => [placed, scan]));
  const spaces = snapshot.spaces
    .filter(({ memory }) => memory.pages > 0)
    .map((space): [string, LockedSpace] => {
      const state = states.spaces.get(space.part)?.state ?? 'live';
      return [
        space.part,
        { ...lockedSpace(snapshot, space, scans), state, ...(state === 'deprecated' && { digest: digestOf(snapshot, space) }) },
      ];
    });
  return {
    layout: layoutFamily(snapshot),
    managers: new Map(managersOf(snapshot)),
    spaces: new Map(spaces),
    ...variablesOf(snapshot, states),
  };
}

/**
 * Returns the name of a layout without the state of an upgrade: `motoko` for all of Motoko's own, which change while it upgrades.
 */
function layoutFamily({ layout, structures }: Snapshot): string {
  switch (layout.kind) {
    case 'motoko-experimental':
      return layout.manager === undefined ? 'motoko' : 'memory-manager';
    case 'motoko-regions':
    case 'motoko-stable-variables':
      return 'motoko';
    case 'unknown':
      return structures.find(({ space }) => space.part === 'image')?.structure.kind ?? 'unknown';
    default:
      return layout.kind;
  }
}

function managersOf({ layout }: Snapshot): readonly (readonly [string, LockedManager])[] {
  switch (layout.kind) {
    case 'memory-manager':
      return layout.managers.map((placed) => {
        const { version, bucketPages } = placed.view;
        return [partOfManager(placed), { version, bucketPages }];
      });
    case 'motoko-experimental': {
      const { manager } = layout;
      return manager === undefined ? [] : [['manager', { version: manager.version, bucketPages: manager.bucketPages }]];
    }
    case 'motoko-regions':
      return [['manager', { version: layout.manager.version }]];
    default:
      return [];
  }
}

function lockedSpace(
  snapshot: Snapshot,
  space: Space,
  scans: ReadonlyMap<PlacedStructure, StructureScan>,
): Omit<LockedSpace, 'state' | 'digest'> {
  const name = space.name === undefined ? {} : { name: space.name };
  const content = contentOf(snapshot, space);
  switch (content.kind) {
    case 'nothing':
      return name;
    case 'other':
      return { ...name, structure: content.name };
    case 'part': {
      const { structure, space: leading } = content.placed;
      return { ...name, structure: structure.kind, role: content.role, of: leading.part };
    }
    case 'structure': {
      const { placed } = content;
      const { structure } = placed;
      return {
        ...name,
        structure: structure.kind,
        ...typeOf(snapshot, placed, 'key'),
        ...typeOf(snapshot, placed, 'value'),
        ...(structure.kind === 'btreemap' && emptyValues(structure).empty > 0 && { emptyValues: true }),
        // Bounds that are stored count more than those of a type.
        ...storedFacts(placed, scans.get(placed)?.facts ?? {}),
        holds: holdsElements(structure),
      };
    }
  }
}

/** Returns what the header and the scan of a structure show about its layout. */
function storedFacts({ structure, space }: PlacedStructure, scanned: StructureScan['facts']): Partial<LockedSpace> {
  const { version, pageSize, maxSize, fixedSize, keySize, keySizeDoubt } = structure.facts;
  const order = scanned['keyOrder'] ?? scanned['itemOrder'];
  const isMap = structure.kind === 'btreemap' || structure.kind === 'btreeset';
  const bounds = isMap && space.kind !== 'region' && version === 1 ? decodeHeader(space.memory).bounds : undefined;
  const fixedKeySize = keySizeDoubt !== undefined ? undefined : keySize === 'variable' ? 0 : keySize;
  return {
    ...(typeof version === 'number' && { version }),
    ...(typeof pageSize === 'number' && { pageSize }),
    ...(bounds && { maxKeySize: bounds.key, maxValueSize: bounds.value }),
    ...(typeof maxSize === 'number' && { maxValueSize: maxSize }),
    ...(typeof fixedKeySize === 'number' && { fixedKeySize }),
    ...(typeof fixedSize === 'boolean' && { fixedValueSize: fixedSize }),
    ...(typeof order === 'string' && { order }),
    ...(typeof scanned['staleChunks'] === 'number' && { cleared: true }),
  };
}

/** Returns the type of keys or values: declared in the labels or the program's source, else as their bytes suggest it. */
function typeOf(snapshot: Snapshot, placed: PlacedStructure, role: Role): Partial<LockedSpace> {
  if (!hasRole(placed, role)) return {};
  const { codec, guessed } = snapshot.decoding.codec(placed, role, samplingBudget());
  if (!guessed) return { [role]: codec.name, ...limitOf(codec, role) };
  // Plain bytes are not a guess: nothing was recognised. A guess that fails already would be doubtful in every check.
  const isUsable = codec.name !== 'bytes' && decodeSample(placed.structure, role, codec).failed === 0;
  return isUsable ? { [`${role}Guess`]: codec.name } : {};
}

/** Returns whether the elements of a structure have a key, or a value. Parts of a dump describe themselves. */
export function hasRole({ structure }: PlacedStructure, role: Role): boolean {
  if (structure.kind === 'upgrade-dump') return false;
  const hasKey = structure.kind === 'btreemap' || structure.kind === 'btreeset' || structure.kind === 'memory-btree';
  return role === 'key' ? hasKey : structure.kind !== 'btreeset' && structure.facts['set'] !== true;
}

function limitOf({ bound }: Codec, role: Role): Partial<LockedSpace> {
  if (bound === undefined) return {};
  return role === 'key' ? { maxKeySize: bound.max } : { maxValueSize: bound.max };
}

function variablesOf(snapshot: Snapshot, states: States): Pick<LayoutLock, 'variables' | 'types'> {
  const { signature } = snapshot.motoko;
  const shown = shownVariables(snapshot, states.variables.keys());
  const typed = new Map(signature?.variables.map((variable) => [variable.name, printVariable(variable)]));
  const names = signature === undefined ? [...shown.keys()] : [...typed.keys()];
  const variables = names.map((name): [string, LockedVariable] => {
    const state = states.variables.get(name)?.state ?? 'live';
    const type = typed.get(name);
    const variable = state === 'deprecated' ? shown.get(name) : undefined;
    const found = variable && digestOfVariable(variable);
    return [name, { state, ...(type !== undefined && { type }), ...(found !== undefined && { digest: found }) }];
  });
  if (signature === undefined) return { variables: new Map(variables), types: new Map() };
  const types = [...definitionsInUse(signature)].flatMap((name): readonly (readonly [string, string])[] => {
    const definition = signature.definitions.get(name);
    return definition === undefined ? [] : [[printDefined(name, definition), printType(definition.body)]];
  });
  return { variables: new Map(variables), types: new Map(types) };
}
