import { cut, formatAddress, formatCount, formatCounted } from '../../core/format.ts';
import type { ComparisonLine, FindingLine, KeyLine, NodeLine, PlaceLine, SideLine } from './lookup.ts';

/** A line of the story of a lookup: a node with its comparisons, the end of the path, damage. */
export interface StoryLine {
  readonly kind: 'node' | 'comparison' | 'found' | 'absent' | 'key' | 'value' | 'damage' | 'note';
  readonly text: string;
  /** Further words, which come after the text. */
  readonly more: string;
  /** The bytes that the line is about. */
  readonly place: PlaceLine | undefined;
  readonly lines: readonly StoryLine[];
}

/** Maximum characters of a key, and of a value. */
const KEY_TEXT = 60;
const VALUE_TEXT = 200;

const SIGNS = { less: '<', equal: '=', greater: '>' } as const satisfies Record<ComparisonLine['result'], string>;
const NODES = { internal: 'internal node', branch: 'branch', leaf: 'leaf' } as const satisfies Record<NodeLine['node'], string>;

/** Returns the sentence that comes before the path. */
export function headingOf(line: KeyLine): string {
  const { keyText, part } = line;
  return `Lookup of ${shortened(keyText, KEY_TEXT)} in ${part}. ${orderOf(line)}`;
}

/** Returns a sentence about how the keys are read and compared. */
export function orderOf({ keyCodec, guessed, order, orderUnknown, incomplete }: KeyLine): string {
  const sentences = [`Keys are ${keyCodec}${guessed ? ' (a guess)' : ''}, in the order of ${order}.`];
  if (orderUnknown)
    sentences.push('Many are not in this order, so the program must have another one: its lookup can take another path.');
  if (incomplete) sentences.push('The file lacks bytes of this map, which read as zero: nothing here proves damage.');
  return sentences.join(' ');
}

/** Describes a lookup: each node from the root down with its comparisons, then where the key is, or would be. */
export function storyOf(line: KeyLine): readonly StoryLine[] {
  return [...line.path.map((node, depth) => nodeLine(line, node, depth)), ...endLines(line)];
}

function nodeLine({ keyText }: KeyLine, node: NodeLine, depth: number): StoryLine {
  const { comparisons, child, findings } = node;
  const next = child && {
    kind: 'note' as const,
    text: `then child ${child.index}`,
    more: formatAddress(child.address),
    place: child.pointer,
    lines: [],
  };
  return {
    kind: 'node',
    text: `${depth === 0 ? 'root' : 'node'} ${formatAddress(node.address)}`,
    more: `${NODES[node.node]} at depth ${depth + 1} with ${formatCounted(node.keys, 'key')}`,
    place: node,
    lines: [
      ...findings.map(damageLine),
      ...comparisons.map((comparison) => comparisonLine(keyText, comparison)),
      ...(next ? [next] : []),
    ],
  };
}

function comparisonLine(keyText: string, comparison: ComparisonLine): StoryLine {
  return {
    kind: 'comparison',
    text: `${shortened(keyText, KEY_TEXT)} ${SIGNS[comparison.result]} ${shortened(comparison.text, KEY_TEXT)}`,
    more: `key ${comparison.index} at ${formatAddress(comparison.address)}`,
    place: comparison,
    lines: [],
  };
}

function endLines(line: KeyLine): readonly StoryLine[] {
  const { outcome, path, index = 0, value, before, after, broken, elsewhere, reason = '' } = line;
  const note = (kind: StoryLine['kind'], text: string, lines: readonly StoryLine[] = []): StoryLine => ({
    kind,
    text,
    more: '',
    place: undefined,
    lines,
  });
  switch (outcome) {
    case 'found': {
      const key = line.length === undefined ? undefined : path.at(-1)?.comparisons.find((one) => one.index === index);
      const sides = [...(key ? [sideLine('key', key, KEY_TEXT)] : []), ...(value ? [sideLine('value', value, VALUE_TEXT)] : [])];
      return [{ ...note('found', `found: key ${index} of node ${formatAddress(path.at(-1)?.address ?? 0)}`, sides), place: key }];
    }
    case 'absent': {
      const sides = [before, after].flatMap((side) => (side ? [sideLine('key', side, KEY_TEXT)] : []));
      const lost =
        elsewhere === undefined
          ? []
          : [
              note(
                'damage',
                `Entry ${formatCount(elsewhere)} has this key, but the lookup does not lead there: keys or pointers are damaged, or the program has another order.`,
              ),
            ];
      return [note('absent', absentText(before, after), sides), ...lost];
    }
    case 'broken': {
      const { message = '', code = '' } = broken ?? {};
      return [{ ...note('damage', `The path breaks here: ${message}`), more: code, place: broken }];
    }
    case 'cut':
      return [note('note', `The path is not complete: ${reason}`)];
  }
}

function absentText(before: SideLine | undefined, after: SideLine | undefined): string {
  if (before && after) return 'absent: it would be between these two keys';
  if (before) return 'absent: it would come after the last key';
  return after ? 'absent: it would come before the first key' : 'absent: there are no keys';
}

function sideLine(kind: 'key' | 'value', side: SideLine, max: number): StoryLine {
  const offset = side.offset === undefined ? '' : `, offset ${formatAddress(side.offset)}`;
  return {
    kind,
    text: `${kind} ${shortened(side.text, max)}`,
    more: `${side.codec}, ${formatCounted(side.length, 'byte')} at ${formatAddress(side.address)} of ${side.part}${offset}`,
    place: side,
    lines: [],
  };
}

function damageLine(finding: FindingLine): StoryLine {
  return { kind: 'damage', text: finding.message, more: finding.code, place: finding, lines: [] };
}

/** Returns a text on one line, cut off if it is long. */
function shortened(text: string, max: number): string {
  if (text === '') return '""';
  const line = text.slice(0, 4 * max).replace(/\s+/g, ' ');
  return cut(line, max);
}
