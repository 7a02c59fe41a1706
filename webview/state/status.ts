import { cut, formatAddress, formatCount, formatCounted } from '../../engine/core/format.ts';
import type { EditorState } from './state.ts';

/** Maximum characters of a value. */
const SHOWN_TEXT = 40;

/** Returns the text for the status bar: the place of the selection, its size, and its value. */
export function statusText({ selection, explanation, data }: EditorState): string | undefined {
  if (selection === undefined) return undefined;
  const { start, length } = selection.range;
  const space = explanation.result?.offset === selection.cursor ? explanation.result.space : undefined;
  const place = space === undefined ? undefined : `${space.name} ${formatAddress(space.address + start - selection.cursor)}`;
  const parts = [formatAddress(start), place, formatCounted(length, 'byte'), valueText({ selection, data })];
  return parts.filter((part) => part !== undefined).join(' · ');
}

function valueText({ selection, data: { result } }: Pick<EditorState, 'selection' | 'data'>): string | undefined {
  if (selection === undefined || result === undefined) return undefined;
  const { range } = selection;
  if (result.range.start !== range.start || result.range.length !== range.length) return undefined;
  const number = result.numbers.find(({ type }) => type === `u${8 * range.length}`);
  if (number !== undefined) {
    return number.little === number.big
      ? `${number.type} ${formatCount(number.little)}`
      : `${number.type} ${formatCount(number.little)} (little-endian)`;
  }
  const text = result.decodings[0]?.text.replace(/\s+/g, ' ');
  return text === undefined ? undefined : cut(text, SHOWN_TEXT);
}
