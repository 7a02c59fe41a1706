import type { Budget } from '../../core/budget.ts';
import { cut, formatAddress, formatCount, formatCounted } from '../../core/format.ts';
import { codeSpan, markdownText } from '../../core/markdown.ts';
import { type HeapValue, listBudget } from '../../snapshot/motoko/heap-value.ts';
import type { ShownVariable } from '../../snapshot/motoko/variables.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { type List, row } from '../list.ts';
import type { TreeRow } from '../protocol.ts';

/** Maximum characters of a value in a row, and in its tooltip. */
const ROW_TEXT = 120;
const TOOLTIP_TEXT = 400;

export function variablesRoot(snapshot: Snapshot): TreeRow | undefined {
  const count = snapshot.motoko.variables.length;
  if (count === 0) return undefined;
  const description = formatCount(count);
  return row({ id: 'variables:', label: 'stable variables', description, icon: 'structure', expandable: true, part: 'image' });
}

export function variableRow({ id, name, text, type, at: span, value }: ShownVariable, index: number): TreeRow {
  const where =
    value !== undefined ? '; its value is in wasm_memory.bin' : text === undefined ? '; only its type is known here' : '';
  const described = `The stable variable whose name has the Candid hash ${id}${where}.`;
  return row({
    id: value === undefined ? `variable:${index}` : `value:${index}`,
    label: name,
    description: (text ?? type ?? '').replace(/\s+/g, ' ').slice(0, ROW_TEXT),
    tooltip: [
      text === undefined ? '' : codeSpan(cut(text.replace(/\s+/g, ' '), TOOLTIP_TEXT)),
      type === undefined ? '' : `of type ${codeSpan(cut(type, TOOLTIP_TEXT))}`,
      span === undefined ? '' : `${formatCounted(span.length, 'byte')} at ${formatAddress(span.start)}`,
      described,
    ]
      .filter((line) => line !== '')
      .join('  \n'),
    icon: 'element',
    expandable: value?.isComposite === true,
    at: span && { start: span.start, length: span.length },
  });
}

/**
 * Returns the items of a value on the heap. `path` is the variable's number, followed by the numbers of the items that lead to
 * the value.
 */
export function valueList(snapshot: Snapshot, path: string): List | undefined {
  const [variable = -1, ...steps] = path.split('/').map(Number);
  let value = snapshot.motoko.variables[variable]?.value;
  for (const step of steps) value = value?.items(step, step + 1)[0]?.value;
  if (value === undefined) return undefined;
  const opened = value;
  const budget = listBudget();
  return {
    count: opened.count(),
    nouns: 'items',
    rows: ({ from, to }) =>
      opened.items(from, to).map(({ name, value: item }, index) => valueRow(`${path}/${from + index}`, name, item, budget)),
  };
}

function valueRow(path: string, name: string, value: HeapValue, budget: Budget): TreeRow {
  const text = value.text(TOOLTIP_TEXT, budget).replace(/\s+/g, ' ');
  return row({
    id: `value:${path}`,
    label: name,
    description: cut(text, ROW_TEXT),
    tooltip: `**${markdownText(name)}**  \n${codeSpan(cut(text, TOOLTIP_TEXT))}`,
    icon: 'element',
    expandable: value.isComposite,
  });
}
