import { formatBytes, formatCount, formatCounted, formatCycles } from '../../engine/core/format.ts';
import { byteLength, PAGE_SIZE } from '../../engine/core/memory/memory.ts';
import { numberOf } from '../../engine/core/part-ids.ts';
import { STRUCTURE_NAMES } from '../../engine/core/structure-kinds.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { visibleText } from '../../engine/core/visible-text.ts';
import { MAX_BUCKET_PAGES } from '../../engine/rust/memory-manager/bucket-use.ts';
import { MAX_BUCKETS, maxBuckets } from '../../engine/rust/memory-manager/layout.ts';
import { costLines, costOf, describeRate } from '../../engine/snapshot/cost.ts';
import { type FullScan, scanImage } from '../../engine/snapshot/full-scan.ts';
import { pieceKind } from '../../engine/snapshot/layout/layout.ts';
import { ALLOCATOR_SOURCES } from '../../engine/snapshot/motoko/memory-regions.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import { nameOfSpace } from '../../engine/snapshot/space.ts';
import { conclusionOf, conclusionText, migratedBytes, otherBuckets, slackOf } from '../../engine/views/buckets.ts';
import { inspectReport } from '../../engine/views/inspect.ts';
import { describeLayout, ELEMENT_NAMES, nameOfFact, plural } from '../../engine/views/names.ts';
import type { Usage } from '../../engine/views/protocol.ts';
import { naturalNumber } from '../numbers.ts';
import { COST_HELP, COST_OPTIONS } from '../options/cost-options.ts';
import { PROJECT_HELP, PROJECT_OPTION } from '../options/project-option.ts';
import { SEVERAL_HELP, SNAPSHOT_HELP, SNAPSHOT_OPTIONS } from '../options/snapshot-options.ts';
import { print, printJson } from '../output.ts';
import type { Arguments } from './arguments.ts';
import { type Command, withEachSnapshot } from './command.ts';

export const INSPECT: Command = {
  name: 'inspect',
  about: 'print layout, memories or regions, structures, usage of bytes, cost',
  usage:
    'SNAPSHOT… [--what-if PAGES] [--labels FILE] [--project FOLDER] [--unpack-limit SIZE] [--price PRICE] [--nodes N] [--snapshots N] [--json]',
  more: `--what-if PAGES: what each memory of a memory manager would take in buckets of this many pages of 64 KiB, such as 4.\n${SEVERAL_HELP}\n${SNAPSHOT_HELP}\n${PROJECT_HELP}\n${COST_HELP}`,
  options: { ...SNAPSHOT_OPTIONS, ...PROJECT_OPTION, ...COST_OPTIONS, 'what-if': { type: 'string' } },
  run: (args) => {
    const otherSize = bucketSize(args);
    return withEachSnapshot(args, (snapshot) => {
      const scan = scanImage(snapshot);
      if (args.json) printJson(inspectReport(snapshot, scan, otherSize));
      else printText(snapshot, scan, otherSize);
      return scan.cutShort === undefined ? 0 : 1;
    });
  },
};

/** Returns the bucket size to try, in pages. @throws UserError if there can be no such buckets. */
function bucketSize(args: Arguments): number | undefined {
  const text = args.option('what-if');
  if (text === undefined) return undefined;
  const pages = naturalNumber(text, '--what-if');
  if (pages < 1 || pages > MAX_BUCKET_PAGES)
    throw new UserError('input', `--what-if takes a number of pages from 1 to ${formatCount(MAX_BUCKET_PAGES)}, not ${text}.`);
  return pages;
}

/** Maximum stable variables that are printed. */
const MAX_VARIABLES = 200;

function printText(snapshot: Snapshot, scan: FullScan, otherSize: number | undefined): void {
  const cost = costOf(scan.usage, snapshot.bytes, snapshot.rate);
  print(`${snapshot.title}: ${describeLayout(snapshot)}`);
  const conclusion = conclusionOf(snapshot);
  if (conclusion !== undefined) print(conclusionText(conclusion));
  print(
    `${formatBytes(snapshot.bytes)} (${formatCounted(snapshot.bytes, 'byte')}), ${formatCycles(cost.all)} cycles a year (${describeRate(snapshot.rate)})`,
  );
  for (const remark of snapshot.remarks) print(remark);
  if (snapshot.layout.kind === 'memory-manager') {
    for (const { page, view } of snapshot.layout.managers) {
      const where = page === 0 ? '' : `manager at page ${formatCount(page)}: `;
      print(`${where}room for another ${formatBytes(view.capacityLeft * PAGE_SIZE)} in buckets of this size`);
    }
  }
  printTable(
    'Memory',
    snapshot.spaces.map((space) => [
      nameOfSpace(space),
      formatCounted(space.memory.pages, 'page'),
      formatBytes(byteLength(space.memory)),
      space.pieces.length === 0
        ? ''
        : `${pieceKind(snapshot.layout)}s ${summarise(space.pieces.map((piece) => String(numberOf(piece.part))))}`,
      space.nameFrom === undefined ? '' : `name from ${space.nameFrom}`,
      space.declared?.type ?? '',
    ]),
  );
  if (otherSize !== undefined) printOtherBuckets(snapshot, otherSize);
  printTable(
    'Structures',
    scan.structures.map(({ placed, scan: scanned }) => {
      const { kind, length } = placed.structure;
      const facts = Object.entries({ ...placed.structure.facts, ...scanned.facts });
      return [
        placed.part,
        STRUCTURE_NAMES[kind],
        length === undefined ? '' : formatCounted(length, ELEMENT_NAMES[kind], plural(ELEMENT_NAMES[kind])),
        facts.map(([name, value]) => `${nameOfFact(name)} ${typeof value === 'number' ? formatCount(value) : value}`).join(', '),
      ];
    }),
  );
  printTable(
    'Free lists of MemoryRegions',
    snapshot.motoko.allocators.map(({ regionId, path, free, source }) => [
      `region/${regionId}`,
      path,
      formatCounted(free.length, 'free block'),
      formatBytes(free.reduce((sum, { length }) => sum + length, 0)),
      `from the ${ALLOCATOR_SOURCES[source]}`,
    ]),
  );
  printTable(
    'Stable variables',
    snapshot.motoko.variables.slice(0, MAX_VARIABLES).map(({ name, text, type }) => [name, text ?? type ?? '']),
  );
  printTable(
    'Not decoded yet',
    snapshot.unread.flatMap(({ space, name, magic, isFile }) =>
      isFile ? [] : [[space.part, name, `magic "${magic}"`, formatBytes(byteLength(space.memory))]],
    ),
  );
  printTable(
    'Files',
    snapshot.unread.flatMap(({ space, name, isFile }) => (isFile ? [[space.part, name]] : [])),
  );
  printTable('Bytes', usageRows(scan.usage));
  printTable(
    'Cost',
    costLines(cost).map(({ label, cyclesPerYear, note }) => [label, `${formatCycles(cyclesPerYear)} cycles a year`, note]),
  );
  const { length } = scan.findings;
  if (length > 0) printParagraph(`${formatCounted(length, 'finding')}; "stable-memory check" lists them.`);
  if (scan.cutShort !== undefined) printParagraph(`The scan is not complete: ${scan.cutShort}`);
}

function printOtherBuckets(snapshot: Snapshot, pages: number): void {
  const other = otherBuckets(snapshot, pages);
  if (other === undefined) {
    printParagraph(
      '--what-if has no answer here: it needs a complete file with one memory manager of version 1 whose tables are sound.',
    );
    return;
  }
  const { present, size, memories } = other;
  const cells = (own: number, buckets: number, bucketPages: number): string =>
    `${formatCounted(buckets, 'bucket')}, ${formatBytes(slackOf(own, buckets, bucketPages))} slack`;
  printTable(
    `What if a bucket had ${formatCounted(pages, 'page')}`,
    memories.map(({ name, pages: own }, index) => [
      name,
      formatCounted(own, 'page'),
      cells(own, present.memories[index] ?? 0, present.pages),
      `→ ${cells(own, size.memories[index] ?? 0, pages)}`,
    ]),
  );
  if (!size.fits) {
    const max = maxBuckets(pages);
    const why =
      max < MAX_BUCKETS
        ? `fill the ${formatBytes(size.ceiling)} that a stable memory may have`
        : 'are all that a manager can have';
    print(`These are more buckets than there can be: ${formatCount(max)} of this size ${why}.`);
    return;
  }
  print(
    `The image would have ${formatBytes(size.bytes)} instead of ${formatBytes(present.bytes)}, and cost ${formatCycles(size.cyclesPerYear)} cycles a year instead of ${formatCycles(present.cyclesPerYear)}.`,
  );
  print(
    `All memories together could have up to ${formatBytes(size.ceiling)} instead of ${formatBytes(present.ceiling)}. The bucket size cannot be changed in place: a copy in another canister reads and writes ${formatBytes(migratedBytes(memories))}.`,
  );
}

function usageRows(usage: Usage): readonly (readonly string[])[] {
  return Object.entries(usage)
    .filter(([, bytes]) => bytes > 0)
    .map(([use, bytes]) => [use, formatBytes(bytes), formatCount(bytes)]);
}

function summarise(numbers: readonly string[]): string {
  return numbers.length <= 12 ? numbers.join(' ') : `${numbers.slice(0, 11).join(' ')} … ${numbers.at(-1)} (${numbers.length})`;
}

/** Prints an empty line and then `line`. */
function printParagraph(line: string): void {
  print('');
  print(line);
}

function printTable(title: string, rows: readonly (readonly string[])[]): void {
  if (rows.length === 0) return;
  printParagraph(title);
  const lines = rows.map((row) => row.map(visibleText));
  const widths: number[] = [];
  for (const line of lines)
    for (const [column, cell] of line.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  for (const line of lines) print(`  ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
}
