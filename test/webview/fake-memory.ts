/** A memory for the webview's tests: thirteen virtual memories with one bucket of 8 MiB each, nearly all slack. */
import { BUCKET_SIZES, inBuckets } from '../../engine/rust/memory-manager/bucket-use.ts';
import { cyclesPerYear, rateOf } from '../../engine/snapshot/cost.ts';
import type { ByteField, BytesResult, DataAt, FieldsResult, SpaceView } from '../../engine/views/bytes/calls.ts';
import {
  BYTE_USES,
  type ByteRange,
  type ByteUse,
  type Explanation,
  type MapOwner,
  type MapResult,
  type ScanSummary,
  type Summary,
} from '../../engine/views/protocol.ts';

const PAGE = 65_536;
const BUCKET_PAGES = 128;
/** The use of bytes also changes within pages. */
const HALF = PAGE / 2;

const NAMES = [
  [3, 'events', 12],
  [1, 'log index', 1],
  [2, 'log data', 1],
  [4, 'users', 2],
  [5, 'members', 1],
  [6, 'timers', 1],
  [7, 'players', 1],
  [8, 'config', 1],
  [9, 'files', 12],
  [10, 'counters', 1],
  [254, 'scratch', 1],
  [0, 'upgrades', 1],
  [11, '', 1],
] as const;

const KINDS = [
  { name: 'BTreeMap', colour: 0 },
  { name: 'Log', colour: 1 },
] as const;

export interface FakeOptions {
  /** Used pages of the first memory. Another number is another state. */
  readonly used?: number;
  /** Number of bytes missing at the end of the file. */
  readonly missing?: number;
  /** Addresses that findings touch. */
  readonly faults?: readonly number[];
  /** The range written by the current step. */
  readonly written?: ByteRange;
  /** The step of a trace that is shown. Its pages were last written at the steps before: page 1 at this step, page 2 at the one before. */
  readonly step?: number;
  /** Number of further owners, without bytes. */
  readonly moreOwners?: number;
  /** Number of owners that share every cell in turns, instead of the memories. */
  readonly turns?: number;
  /** True if the scan finds nothing wrong. */
  readonly isSound?: boolean;
}

const others = (count: number): readonly MapOwner[] =>
  Array.from({ length: count }, (_, index) => {
    const kind = { name: 'no structure', colour: 2 };
    return { part: `part/${index}`, label: `part ${index}`, colour: index, kind };
  });

export class FakeMemory {
  readonly bytes = (1 + NAMES.length * BUCKET_PAGES) * PAGE;
  readonly owners: readonly MapOwner[];
  readonly #turns: number;
  readonly #memories: readonly MapOwner[] = [
    { part: 'manager', label: 'manager', colour: -1, kind: { name: 'manager', colour: -1 } },
    ...NAMES.map(([id, name], colour) => ({
      part: `memory/${id}`,
      label: `${id} ${name}`.trim(),
      colour,
      kind: KINDS[colour % KINDS.length] ?? KINDS[0],
    })),
  ];
  readonly #used: readonly number[];
  readonly #missing: number;
  readonly #faults: readonly number[];
  readonly #written: ByteRange | undefined;
  readonly #step: number | undefined;
  readonly #isSound: boolean;

  constructor({
    used = 12,
    missing = 0,
    faults = [],
    written,
    step,
    moreOwners = 0,
    turns = 0,
    isSound = false,
  }: FakeOptions = {}) {
    this.#isSound = isSound;
    this.#turns = turns;
    this.owners = [...this.#memories.slice(0, turns === 0 ? undefined : 1), ...others(Math.max(moreOwners, turns))];
    this.#written = written;
    this.#step = step;
    this.#used = NAMES.map(([, , pages], index) => (index === 0 ? used : pages));
    this.#missing = missing;
    this.#faults = faults;
  }

  get summary(): Summary {
    return {
      title: 'stable_memory.bin',
      subtitle: 'MemoryManager 1 · 13 memories · 13 buckets of 8 MiB',
      layout: 'memory-manager',
      bytes: this.bytes,
      hasImage: true,
      missing: this.#missing === 0 ? undefined : { bytes: this.#missing, text: `${this.#missing / 2 ** 20} MiB not downloaded` },
      remarks: ['The labels name a memory 77, which the manager does not have.'],
      conclusion: {
        sentence: 'Each of the 13 memories holds a whole 8 MiB bucket, and none fills more than 10 % of it.',
        cyclesPerYear: '397964917968',
        more: 'Another bucket size needs a new canister, or a migration.',
        buckets: {
          bucketPages: BUCKET_PAGES,
          suggested: 4,
          memories: NAMES.map(([id, name], index) => ({
            id,
            name: name === '' ? `memory ${id}` : `memory ${id} “${name}”`,
            pages: this.#used[index] ?? 0,
          })),
          whatIf: BUCKET_SIZES.map((pages) => {
            const size = inBuckets({ memoryPages: this.#used }, pages);
            return { ...size, cyclesPerYear: String(cyclesPerYear(size.bytes, rateOf())) };
          }),
        },
      },
      growth: 'A memory grows by whole buckets of 8 MiB, which cost 31.3 G cycles a year each.',
      written: this.#written,
      changed: this.#written === undefined ? [] : [this.#written],
      step: this.#step,
    };
  }

  get scan(): ScanSummary {
    const used = this.#used.reduce((sum, pages) => sum + pages, 0) * PAGE;
    const free = 7 * PAGE;
    return {
      usage: {
        metadata: PAGE,
        live: used - free,
        free,
        slack: this.bytes - PAGE - used - this.#missing,
        leaked: 0,
        unmanaged: 0,
        unknown: this.#missing,
      },
      cyclesPerYear: '407123456789',
      cyclesPerYearUnused: '398000000000',
      cost: [
        {
          label: 'storing these bytes',
          cyclesPerYear: '407123456789',
          note: '127,000 cycles a GiB-second, 13 nodes, published 2026-08-18',
        },
        { label: 'base fee of any canister with memory', cyclesPerYear: '315360000000', note: 'not caused by these bytes' },
      ],
      findings: [
        {
          code: 'btree.chunk-leaked',
          severity: 'warning' as const,
          at: { start: 0x1c040, length: 1024 },
          part: 'memory/3/btreemap',
          message:
            'A chunk of 1,024 B at 0x1c040 is allocated, and neither a node nor a free list leads to it. It is lost until the map is rebuilt.',
          means: 'Chunks are allocated, but nothing leads to them.',
          remedy: 'Move the entries into a new map to win the space back.',
          path: ['memory 3', 'BTreeMap', 'chunk 0xc040'],
          causedBy: undefined,
          more: 0,
        },
        {
          code: 'mm.freed-bucket',
          severity: 'information' as const,
          at: { start: 0x10000 + 11 * 2 ** 23, length: 2 ** 23 },
          part: 'bucket/11',
          message: 'Bucket 11 was freed by a memory and will be allocated again.',
          means: 'A bucket was freed.',
          remedy: 'Nothing has to be done.',
          path: ['bucket 11'],
          causedBy: undefined,
          more: 0,
        },
      ].filter(({ severity }) => !this.#isSound || severity === 'information'),
      findingCounts: { error: 0, warning: this.#isSound ? 0 : 1, information: 1 },
      cutShort: undefined,
    };
  }

  map(from: number, bytesPerCell: number, cells: number, writes = false): MapResult {
    const count = Math.max(0, Math.min(cells, Math.ceil((this.bytes - from) / bytesPerCell)));
    const parts = Array.from({ length: count }, (_, cell) => this.#parts(from + cell * bytesPerCell, bytesPerCell));
    const firstPart = [0];
    for (const { length } of parts) firstPart.push((firstPart.at(-1) ?? 0) + length);
    const places = parts.flat();
    const faults = this.#faults
      .map((address) => Math.floor((address - from) / bytesPerCell))
      .filter((cell) => cell >= 0 && cell < count);
    return {
      from,
      bytesPerCell,
      owners: this.owners,
      firstPart: Uint32Array.from(firstPart),
      ownerOf: Uint16Array.from(places, ({ owner }) => owner),
      useOf: Uint8Array.from(places, ({ use }) => BYTE_USES.indexOf(use)),
      bytesOf: Float64Array.from(places, ({ bytes }) => bytes),
      faults: Uint32Array.from(faults),
      lastWrites: writes ? this.#lastWrites(from, bytesPerCell, count) : undefined,
    };
  }

  #lastWrites(from: number, bytesPerCell: number, count: number): MapResult['lastWrites'] {
    const steps = Uint32Array.from({ length: count }, (_, cell) => {
      const page = Math.max(1, Math.floor((from + cell * bytesPerCell) / PAGE));
      return Math.max(0, (this.#step ?? 0) + 1 - page);
    });
    return { steps, since: 1 };
  }

  explain(offset: number): Explanation {
    const { owner, use } = this.#place(offset);
    if (owner === 0) {
      const selection = { start: 0, length: PAGE };
      const crumbs = [{ label: 'manager', kind: 'manager', part: 'manager', at: selection }];
      return { offset, crumbs, selection, space: undefined, sections: [] };
    }
    const bucket = owner - 1;
    const start = PAGE + bucket * BUCKET_PAGES * PAGE;
    const { part, label } = this.owners[owner] ?? { part: '', label: '' };
    const address = offset - start;
    const node = Math.floor(address / 1024) * 1024;
    const selection = use === 'slack' ? this.#slack(bucket, start) : { start: offset - (offset % 112), length: 112 };
    const crumbs = [
      { label: `bucket ${bucket}`, kind: 'bucket', part: `bucket/${bucket}`, at: { start, length: BUCKET_PAGES * PAGE } },
      {
        label: `memory ${label.replace(/ (.*)/, ' “$1”')}`,
        kind: 'virtual-memory',
        part,
        at: { start, length: BUCKET_PAGES * PAGE },
      },
      ...(use === 'slack'
        ? [{ label: 'slack', kind: 'slack', part: undefined, at: selection }]
        : [
            { label: 'BTreeMap', kind: 'btreemap', part: `${part}/btreemap`, at: { start, length: 12 * PAGE } },
            { label: `node 0x${node.toString(16)}`, kind: 'node', part: undefined, at: { start: start + node, length: 1024 } },
            { label: 'entry 4', kind: 'entry', part: undefined, at: { start: selection.start - 9, length: 121 } },
            { label: 'value', kind: 'value', part: undefined, at: selection },
          ]),
    ];
    const slack = {
      title: `Slack of memory ${label}`,
      rows: [
        {
          label: `${this.#used[bucket] ?? 0} of 128 pages`,
          value: '7.3 MiB unused · 28 G cycles a year',
          exact: '7,602,176 bytes',
        },
      ],
      text: undefined,
    };
    const place = {
      title: '',
      rows: [
        { label: 'offset', value: `0x${offset.toString(16)}`, exact: offset.toLocaleString('en') },
        { label: `in memory ${label}`, value: `0x${address.toString(16)}`, exact: address.toLocaleString('en') },
        { label: 'size', value: '112 B', exact: '112 bytes' },
      ],
      text: undefined,
    };
    const name = `memory ${label.replace(/ (.*)/, ' “$1”')}`;
    const space = { part, name, address };
    if (use === 'slack') return { offset, crumbs, selection, space, sections: [place, slack] };
    return {
      offset,
      crumbs,
      selection,
      space,
      sections: [
        place,
        { title: 'Key · bytes · 0x0200000000', rows: [], text: undefined },
        {
          title: 'Value · CBOR (11 of 11 sampled entries)',
          rows: [],
          text: '{ "a": { "text": "alpha βeta #0" },\n  "i": 0,\n  "pad": "mmmmmmmmmmmmmmm",\n  "s": principal "sf4ej-675un-hhpbp-…-xae" }',
        },
        {
          title: 'BTreeMap in memory 3',
          rows: [
            { label: 'entries', value: '2,767', exact: undefined },
            { label: 'depth, nodes', value: '4, 430', exact: undefined },
            { label: 'overflow pages', value: '312', exact: undefined },
            { label: 'page size', value: '1,024 B', exact: undefined },
            { label: 'fill of nodes', value: '565 KiB of 742 KiB (76 %)', exact: '578,560 of 759,808 bytes' },
            { label: 'free chunks', value: '2', exact: undefined },
          ],
          text: undefined,
        },
        slack,
      ],
    };
  }

  /** The first memory is in the bucket of its number; its addresses begin there. */
  space(part: string): SpaceView {
    const owner = this.owners.findIndex((each) => each.part === part);
    const name = `memory ${(this.owners[owner]?.label ?? '').replace(/ (.*)/, ' “$1”')}`;
    const pieceBytes = BUCKET_PAGES * PAGE;
    const bytes = (this.#used[owner - 1] ?? 0) * PAGE;
    return { part, name, bytes, pieceBytes, starts: Float64Array.of(PAGE + (owner - 1) * pieceBytes) };
  }

  /** Keys of twelve bytes, then values of a hundred. */
  fields(offset: number, length: number, space?: string): FieldsResult {
    const from = space === undefined ? offset : offset + (this.space(space).starts[0] ?? 0);
    const fields: ByteField[] = [];
    for (let start = from - (from % 112); start < from + length; start += 112) {
      fields.push({ at: { start, length: 12 }, kind: 'key', label: 'key 4', text: '0x0200000000 · bytes' });
      fields.push({ at: { start: start + 12, length: 100 }, kind: 'value', label: '.text', text: '"alpha βeta"' });
    }
    return { space, offset, length, fields };
  }

  data(offset: number, length: number): DataAt {
    const pointer = offset % 112 === 0 ? { offset: offset + 0x4000, label: 'node 0x4000 in memory 3' } : undefined;
    const numbers = [
      { type: 'u8', little: '97', big: '97' },
      { type: 'u64', little: '5642809428573048653', big: '97' },
    ];
    return { range: { start: offset, length }, numbers, decodings: [{ codec: 'text', text: 'abc' }], pointer };
  }

  read(offset: number, length: number, space?: string): BytesResult {
    if (space !== undefined) {
      const { starts, bytes } = this.space(space);
      return { ...this.read((starts[0] ?? 0) + offset, Math.min(length, bytes - offset)), space, offset };
    }
    const bytes = Uint8Array.from({ length: Math.max(0, Math.min(length, this.bytes - offset)) }, (_, index) => {
      const at = offset + index;
      const { use } = this.#place(at);
      if (use === 'slack' || use === 'missing') return 0;
      return at % 112 < 12 ? at % 7 : 0x61 + (Math.imul(at, 2654435761) >>> 28);
    });
    const held = this.bytes - this.#missing;
    const missing =
      offset + bytes.length > held
        ? [{ start: Math.max(held, offset), length: offset + bytes.length - Math.max(held, offset) }]
        : [];
    return { offset, bytes, missing };
  }

  /** Returns the parts of a cell: one for each owner and use. */
  #parts(start: number, length: number): readonly { owner: number; use: ByteUse; bytes: number }[] {
    if (this.#turns > 0) {
      const first = Math.floor(start / length);
      const uses = ['live', 'slack'] as const;
      return Array.from({ length: 24 }, (_, part) => ({
        owner: 1 + ((first + part) % this.#turns),
        use: uses[part % 2] ?? 'live',
        bytes: length / 24,
      }));
    }
    const parts: { owner: number; use: ByteUse; bytes: number }[] = [];
    const end = Math.min(start + length, this.bytes);
    for (let at = start; at < end; ) {
      const next = Math.min(end, (Math.floor(at / HALF) + 1) * HALF);
      const { owner, use } = this.#place(at);
      const part = parts.find((each) => each.owner === owner && each.use === use);
      if (part === undefined) parts.push({ owner, use, bytes: next - at });
      else part.bytes += next - at;
      at = next;
    }
    return parts;
  }

  #place(address: number): { readonly owner: number; readonly use: ByteUse } {
    if (address < PAGE) return { owner: 0, use: 'metadata' };
    const page = Math.floor(address / PAGE) - 1;
    const bucket = Math.floor(page / BUCKET_PAGES);
    const owner = bucket + 1;
    if (address >= this.bytes - this.#missing) return { owner, use: 'missing' };
    const used = this.#used[bucket] ?? 0;
    const inBucket = page % BUCKET_PAGES;
    if (inBucket >= used) return { owner, use: 'slack' };
    if (bucket === 8 && inBucket % 5 === 3) return { owner, use: 'free' };
    if (bucket === 8 && inBucket === 2 && address % PAGE >= HALF) return { owner, use: 'free' };
    return { owner, use: bucket === 8 && inBucket === 9 ? 'leaked' : 'live' };
  }

  #slack(bucket: number, start: number): ByteRange {
    const used = (this.#used[bucket] ?? 0) * PAGE;
    return { start: start + used, length: BUCKET_PAGES * PAGE - used };
  }
}
