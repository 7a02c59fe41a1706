import type {
  ChangeKind,
  ChangeMap,
  ComparedRow,
  ComparisonSummary,
  DifferenceRow,
  DifferenceRows,
  EntryDetails,
  EntrySide,
  MarkedText,
} from '../../../engine/views/diff/calls.ts';
import type { DiffNotification } from '../../../engine/views/diff/page.ts';
import { PROTOCOL_VERSION } from '../../../engine/views/protocol.ts';

export interface FakeComparisonOptions {
  /** True: nothing differs. */
  readonly isSame?: boolean;
  /** Number of entries that were added to the first map. */
  readonly added?: number;
  /** Entries that are found with each call. */
  readonly found?: number;
  /** A sentence about why the list of the first map is not complete. */
  readonly incomplete?: string;
}

const nouns = ['entry', 'entries'] as const;
const none = { items: [], more: 0 };

const structure = (
  index: number,
  name: string,
  kinds: readonly [before: string | undefined, after: string | undefined],
  lengths: readonly [before: number, after: number],
  [added, removed, changed]: readonly [number, number, number],
): ComparedRow => ({
  index,
  part: `memory/${index - 1}/structure`,
  name,
  before: kinds[0] === undefined ? undefined : { kind: kinds[0], length: String(lengths[0]) },
  after: kinds[1] === undefined ? undefined : { kind: kinds[1], length: String(lengths[1]) },
  change:
    kinds[0] === undefined ? 'added' : kinds[1] === undefined ? 'removed' : added + removed + changed > 0 ? 'changed' : 'none',
  added,
  removed,
  changed,
  isReplaced: false,
  nouns,
  incomplete: undefined,
});

const plain = (text: string): MarkedText => ({ text, marks: [] });

/** Two made-up snapshots. The entries of a structure follow from their position. */
export class FakeComparison {
  readonly #found: number;
  readonly #incomplete: string | undefined;
  readonly summary: ComparisonSummary;

  constructor({ isSame = false, added = 40, found = 1_000, incomplete }: FakeComparisonOptions = {}) {
    this.#found = found;
    this.#incomplete = incomplete;
    this.summary = isSame ? SAME : different(added, incomplete);
  }

  entries(structure: number, only: ChangeKind | undefined, from: number, count: number): DifferenceRows {
    const kinds = this.#kinds(structure).filter((kind) => only === undefined || kind === only);
    const known = Math.min(kinds.length, Math.max(this.#found, from + this.#found));
    const rows = kinds.slice(from, Math.min(known, from + count)).map((kind, index) => rowAt(kind, from + index));
    return { from, rows, known, isWhole: known === kinds.length, note: structure === 1 ? this.#incomplete : undefined };
  }

  entry(structure: number, only: ChangeKind | undefined, position: number): EntryDetails {
    const kinds = this.#kinds(structure).filter((kind) => only === undefined || kind === only);
    const { change, name, before, after } = rowAt(kinds[position] ?? 'added', position);
    const parts = change === 'changed' && position % 3 === 1 ? [{ part: '.edited', before: 'null', after: '1,764,374,400' }] : [];
    return {
      change,
      name,
      keyCodec: 'u64-be',
      before: change === 'added' ? undefined : side(position, before, 0x8a00),
      after: change === 'removed' ? undefined : side(position + 3, after, 0x9a40),
      parts,
    };
  }

  map(cells: number): ChangeMap {
    let bytesPerCell = 4_096;
    while (bytesPerCell * cells < after.bytes) bytesPerCell *= 2;
    const count = Math.ceil(after.bytes / bytesPerCell);
    const all = Array.from({ length: count }, (_, cell) => cell);
    const isNew = (cell: number) => cell * bytesPerCell >= before.bytes;
    const change = (cell: number) =>
      this.summary.isSame ? 1 : isNew(cell) ? 3 : cell % 7 === 3 || (cell > 20 && cell < 31) ? 2 : 1;
    return {
      bytesPerCell,
      changes: all.map(change),
      shares: all.map((cell) => (change(cell) === 2 ? ((cell * 37) % 100) / 100 : 0)),
      owners: [
        { part: 'manager', label: 'manager' },
        { part: 'memory/0', label: '0 messages' },
        { part: 'memory/1', label: '1 users' },
      ],
      ownerOf: all.map((cell) => (cell < 8 ? 0 : cell < 60 ? 1 : 2)),
      isWhole: true,
    };
  }

  #kinds(structure: number): readonly ChangeKind[] {
    const row = this.summary.structures.items.find(({ index }) => index === structure);
    if (row === undefined) return [];
    const of = (kind: ChangeKind) => Array.from({ length: row[kind] }, () => kind);
    return [
      ...of('added').slice(0, 2),
      ...of('removed').slice(0, 1),
      ...of('changed'),
      ...of('added').slice(2),
      ...of('removed').slice(1),
    ];
  }
}

function rowAt(change: ChangeKind, position: number): DifferenceRow {
  const name = String(460 * (position + 1)).replace(/\B(?=(\d{3})+$)/g, ',');
  const old = `message ${position} ${(position * 7919) % 1000}`;
  if (change === 'added') return { change, name, before: undefined, after: plain(`new ${position}`) };
  if (change === 'removed') return { change, name, before: plain(old), after: undefined };
  if (position % 3 === 1) {
    const [start, end] = ['{ text: "hello", edited: ', ' }'];
    return {
      change,
      name,
      before: { text: `${start}null${end}`, marks: [[start.length, start.length + 4]] },
      after: { text: `${start}1,764,374,400${end}`, marks: [[start.length, start.length + 13]] },
    };
  }
  const now = `changed ${name} to something quite a bit longer than before ${position % 97}`;
  return { change, name, before: { text: old, marks: [[0, old.length]] }, after: { text: now, marks: [[0, now.length]] } };
}

function side(index: number, value: MarkedText | undefined, address: number): EntrySide {
  const bytes = new TextEncoder().encode(value?.text ?? '');
  return {
    index,
    value,
    codec: 'text',
    bytes: {
      address,
      hex: Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''),
      marks: value?.marks ?? [],
      size: bytes.length,
    },
    at: { start: 0x10000 + address, length: bytes.length },
    path: ['memory 0 “messages”', 'BTreeMap', `node 0x${address.toString(16)}`, 'value'],
  };
}

const before = { title: 'before-upgrade', description: 'MemoryManager 1 · 6 memories · 9 buckets of 256 KiB', bytes: 2_424_832 };
const after = { title: 'after-upgrade', description: 'MemoryManager 1 · 7 memories · 12 buckets of 256 KiB', bytes: 3_211_264 };

function different(added: number, incomplete: string | undefined): ComparisonSummary {
  const log = { ...structure(7, 'memory 3', ['Log', undefined], [2_004, 0], [0, 2_004, 0]), isReplaced: true };
  const map = { ...structure(3, 'memory 3', [undefined, 'BTreeMap'], [0, 1], [1, 0, 0]), isReplaced: true };
  return {
    before,
    after,
    sentences: [
      'Memory 3 held a Log. Now it holds a BTreeMap.',
      `${added + 9} entries added, 2,030 entries removed, 63 entries changed.`,
      '2 memories differ, 1 finding is new.',
    ],
    isSame: false,
    isComplete: incomplete === undefined,
    cyclesPerYear: '3100000000',
    structures: {
      items: [
        log,
        map,
        { ...structure(1, 'memory 0 “messages”', ['BTreeMap', 'BTreeMap'], [1_000, 1_015], [added, 25, 60]), incomplete },
        structure(2, 'memory 1 “users”', ['BTreeMap', 'BTreeMap'], [250, 252], [3, 1, 0]),
        structure(4, 'memory 2 “counters”', ['Vec', 'Vec'], [1_000, 1_005], [5, 0, 2]),
        structure(5, 'memory 5 “settings”', ['Cell', 'Cell'], [1, 1], [0, 0, 1]),
        structure(6, 'memory 4', ['MinHeap', 'MinHeap'], [84, 84], [0, 0, 0]),
      ],
      more: 0,
    },
    memories: {
      items: [
        { name: 'memory 3', change: 'changed', text: 'held log, now holds btreemap' },
        { name: 'memory 6', change: 'added', text: 'new, 4 pages in 1 bucket' },
      ],
      more: 0,
    },
    variables: none,
    uses: [
      { name: 'live', before: 953_344, after: 966_656, text: '', cyclesPerYear: '0' },
      { name: 'free', before: 1_024, after: 45_056, text: '', cyclesPerYear: '0' },
      { name: 'leaked', before: 0, after: 38_912, text: '', cyclesPerYear: '0' },
      { name: 'slack', before: 1_153_433, after: 1_415_577, text: '', cyclesPerYear: '0' },
    ],
    owners: {
      items: [
        { name: 'memory 6', before: 0, after: 262_144, text: 'slack +256 KiB', cyclesPerYear: '981000000' },
        {
          name: 'memory 0 “messages”',
          before: 524_288,
          after: 786_432,
          text: 'live +13 KiB, slack +243 KiB',
          cyclesPerYear: '981000000',
        },
        { name: 'memory 2 “counters”', before: 262_144, after: 262_144, text: 'live +40 B, free -40 B', cyclesPerYear: '0' },
      ],
      more: 0,
    },
    newFindings: {
      items: [
        {
          code: 'log.header-lost',
          severity: 'error',
          part: 'memory/3',
          message: 'Memory 3 begins as a BTreeMap; the data of a log follows.',
          remedy: 'Give the map another memory id; the log can be recovered from the snapshot before.',
          at: { start: 0x40000, length: 64 },
        },
      ],
      more: 0,
    },
    goneFindings: none,
    keptFindings: 3,
  };
}

const SAME: ComparisonSummary = {
  before,
  after: { ...before, title: 'a-day-later' },
  sentences: ['Nothing has changed but where the bytes are and how they are used.'],
  isSame: true,
  isComplete: true,
  cyclesPerYear: '0',
  structures: { items: [structure(0, 'memory 0 “messages”', ['BTreeMap', 'BTreeMap'], [1_000, 1_000], [0, 0, 0])], more: 0 },
  memories: none,
  variables: none,
  uses: [{ name: 'live', before: 953_344, after: 953_344, text: '', cyclesPerYear: '0' }],
  owners: none,
  newFindings: none,
  goneFindings: none,
  keptFindings: 0,
};

/** The snapshots in two folders. */
export const PAIRS: Extract<DiffNotification, { readonly notification: 'pairs' }> = {
  notification: 'pairs',
  version: PROTOCOL_VERSION,
  folders: { before: '/monday', after: '/tuesday' },
  before: 'snapshots/monday',
  after: 'snapshots/tuesday',
  pairs: [
    { name: 'index', state: 'different', text: '22 entries added.' },
    { name: 'ledger', state: 'same', text: 'All bytes are the same.' },
    { name: 'users', state: 'added', text: '' },
  ],
};
