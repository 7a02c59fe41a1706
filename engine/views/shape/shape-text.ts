import { formatAddress, formatBytes, formatCount, formatCounted } from '../../core/format.ts';
import { STRUCTURE_NAMES } from '../../core/structure-kinds.ts';
import { visibleText } from '../../core/visible-text.ts';
import { ELEMENT_NAMES, plural } from '../names.ts';
import { LEFT, RIGHT, textTable } from '../text-table.ts';
import type { Grouping } from './key-text.ts';
import type { PrefixGroups } from './prefix-groups.ts';
import type { KeyPrefixes, LargeEntry, LevelShape, OverflowShape, ShapeReport } from './shape.ts';

/** Width of a bar in characters. */
const BAR = 12;
/** Maximum lengths of overflow chains in the table. */
const MAX_CHAINS = 12;

/** Returns the shape of a tree as lines for people, with the same width of every letter. */
export function shapeText(report: ShapeReport): readonly string[] {
  const { part, kind, reason, overflow, largest } = report;
  return [
    `${part}: ${STRUCTURE_NAMES[kind]}`,
    ...summary(report),
    ...(reason === undefined ? [] : ['', `These figures are not complete. ${reason}`]),
    ...section('Levels, from the root down', levelTable(report.levels)),
    ...section('Overflow pages', overflowLines(overflow)),
    ...section('Largest entries', largestTable(largest)),
    ...section(titleOfPrefixes(report.prefixes), prefixLines(report)),
  ];
}

function summary({ kind, entries, length, keyBytes, valueBytes, levels }: ShapeReport): readonly string[] {
  const nodes = sum(levels, 'nodes');
  const [bytes, used] = [sum(levels, 'bytes'), sum(levels, 'used')];
  const noun = ELEMENT_NAMES[kind];
  const values = valueBytes === 0 ? '' : ` and ${formatBytes(valueBytes)} of values`;
  const counted = length === undefined || length === String(entries) ? '' : ` (the header counts ${formatCount(length)})`;
  return [
    `${formatCounted(entries, noun, plural(noun))}${counted}, with ${formatBytes(keyBytes)} of keys${values}`,
    nodes === 0
      ? 'no nodes'
      : `${formatCounted(nodes, 'node')} on ${formatCounted(levels.length, 'level')} ${nodes === 1 ? 'takes' : 'take'} ${formatBytes(bytes)}; ${share(used, bytes)} of that is in use`,
  ];
}

function levelTable(levels: readonly LevelShape[]): readonly string[] {
  if (levels.length === 0) return [];
  return textTable(
    ['level', 'nodes', 'entries', 'fill', '', 'bytes', 'in use', ''],
    levels.map(({ nodes, entries, filled, room, bytes, used }, level) => [
      String(level),
      formatCount(nodes),
      formatCount(entries),
      bar(filled, room),
      `${formatCount(filled)} of ${formatCount(room)}`,
      formatBytes(bytes),
      bar(used, bytes),
      share(used, bytes),
    ]),
    [RIGHT, RIGHT, RIGHT, LEFT, RIGHT, RIGHT, LEFT, RIGHT],
  );
}

function overflowLines({ nodes, pages, bytes, chains }: OverflowShape): readonly string[] {
  if (nodes === 0) return [];
  const longest = chains.at(-1)?.pages ?? 0;
  const sentence = `${formatCounted(nodes, 'node')} ${nodes === 1 ? 'continues' : 'continue'} in ${formatCounted(pages, 'overflow page')} of ${formatBytes(bytes)}; the longest chain has ${formatCount(longest)}.`;
  const shown = chains.slice(-MAX_CHAINS);
  const rows = shown.map((chain) => [
    formatCounted(chain.pages, 'page'),
    formatCounted(chain.nodes, 'node'),
    bar(chain.nodes, nodes),
  ]);
  return [sentence, ...textTable(['chain', 'nodes', ''], rows, [RIGHT, RIGHT, LEFT])];
}

function largestTable(entries: readonly LargeEntry[]): readonly string[] {
  if (entries.length === 0) return [];
  return textTable(
    ['bytes', 'in key', 'in value', 'number', 'address', 'key'],
    entries.map(({ index, keyText, keyBytes, valueBytes, address }) => [
      formatBytes(keyBytes + valueBytes),
      formatBytes(keyBytes),
      formatBytes(valueBytes),
      formatCount(index),
      address === undefined ? '' : formatAddress(address),
      keyText === '' ? '(empty)' : visibleText(keyText),
    ]),
    [RIGHT, RIGHT, RIGHT, RIGHT, RIGHT, LEFT],
  );
}

function titleOfPrefixes({ grouping, codec, guessed }: KeyPrefixes): string {
  return `Bytes by key prefix (keys as ${codec}${guessed ? ', a guess' : ''}, ${describeGrouping(grouping)})`;
}

function describeGrouping(grouping: Grouping): string {
  switch (grouping.by) {
    case 'separators':
      return `split at ${[...grouping.separators].join(' ')}`;
    case 'characters':
      return 'by leading characters';
    case 'digits':
      return 'by range';
    case 'bytes':
      return 'by leading bytes';
  }
}

function prefixLines({ prefixes, keyBytes, valueBytes, entries }: ShapeReport): readonly string[] {
  if (entries === 0) return [];
  const { grouping, shared, rough } = prefixes;
  const isWorthSaying = grouping.by !== 'digits' && shared !== '' && entries > 1;
  const rows = [...groupRows(prefixes, keyBytes + valueBytes, '')];
  return [
    ...(isWorthSaying ? [`All keys begin with ${grouping.by === 'bytes' ? '0x' : ''}${visibleText(shared)}`] : []),
    ...textTable(['bytes', '', '', 'keys', 'prefix'], rows, [RIGHT, RIGHT, LEFT, RIGHT, LEFT]),
    ...(rough === true ? ['The keys have too many beginnings to keep apart: groups may be larger than shown.'] : []),
  ];
}

/** The depth of the recursion is that of the groups, which is limited. */
function* groupRows({ groups, others }: PrefixGroups, all: number, indent: string): Generator<readonly string[]> {
  for (const group of groups) {
    yield [...sizeCells(group.bytes, all), formatCount(group.keys), `${indent}${visibleText(group.prefix)}`];
    yield* groupRows(group, all, `${indent}  `);
  }
  if (others === undefined) return;
  yield [...sizeCells(others.bytes, all), formatCount(others.keys), `${indent}… ${formatCounted(others.count, 'other')}`];
}

function sizeCells(bytes: number, all: number): readonly string[] {
  return [formatBytes(bytes), share(bytes, all), bar(bytes, all)];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

/** Returns a bar of blocks, as long as the part is of the whole. */
function bar(part: number, whole: number): string {
  const eighths = whole === 0 ? 0 : Math.round((8 * BAR * Math.min(part, whole)) / whole);
  // What is there at all is visible.
  const visible = part > 0 ? Math.max(1, eighths) : 0;
  return ('█'.repeat(Math.floor(visible / 8)) + (EIGHTHS[visible % 8] ?? '')).padEnd(BAR, '·');
}

function share(part: number, whole: number): string {
  const percent = whole === 0 ? 0 : (100 * part) / whole;
  return percent > 0 && percent < 0.05 ? '< 0.1 %' : `${percent.toFixed(1)} %`;
}

function sum(levels: readonly LevelShape[], name: keyof LevelShape): number {
  return levels.reduce((all, level) => all + level[name], 0);
}
