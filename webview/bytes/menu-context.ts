import { imageOf, type StateBesideMap } from '../state/state.ts';

/**
 * Returns what VS Code's menu needs to know: the selected bytes if the menu is opened on them or by key, else the byte under the
 * pointer.
 */
export function menuContext(state: StateBesideMap, offset: number | undefined): string {
  const range = state.selection?.range;
  const isSelected =
    range !== undefined && (offset === undefined || (offset >= range.start && offset < range.start + range.length));
  const bytes = isSelected ? range : offset === undefined ? undefined : { start: offset, length: 1 };
  if (bytes === undefined || imageOf(state) === undefined) return '{}';
  // Cut and paste are useless here.
  const own = { webviewSection: 'bytes', preventDefaultContextMenuItems: true };
  return JSON.stringify({ ...own, offset: bytes.start, length: bytes.length });
}
