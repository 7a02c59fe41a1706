import { describe, expect, test } from 'vitest';
import type { MemoryRef, Summary } from '../../engine/views/protocol.ts';
import { menuContext } from '../../webview/bytes/menu-context.ts';
import { type EditorState, INITIAL_STATE } from '../../webview/state/state.ts';

const SUMMARY: Summary = {
  title: 'a trace',
  subtitle: '',
  layout: 'trace',
  bytes: 65_536,
  hasImage: true,
  missing: undefined,
  remarks: [],
  written: undefined,
};
const STEP: MemoryRef = { kind: 'step', session: 'one' };

function shown(memory: MemoryRef, selected?: { readonly start: number; readonly length: number }): EditorState {
  const selection = selected && { cursor: selected.start, range: selected };
  return { ...INITIAL_STATE, stage: { kind: 'shown', memory, summary: SUMMARY }, selection };
}

describe('the menu of the bytes of a step', () => {
  test.each([
    ['the byte under the pointer', 40, undefined, { offset: 40, length: 1 }],
    ['the byte under the pointer, not those selected elsewhere', 40, { start: 64, length: 8 }, { offset: 40, length: 1 }],
    ['the selected bytes, on one of them', 66, { start: 64, length: 8 }, { offset: 64, length: 8 }],
    ['the selected bytes, by key', undefined, { start: 64, length: 8 }, { offset: 64, length: 8 }],
  ])('is about %s', (_, offset, selected, expected) => {
    expect(JSON.parse(menuContext(shown(STEP, selected), offset))).toMatchObject({ webviewSection: 'bytes', ...expected });
  });

  test('is about nothing without a byte', () => {
    expect(menuContext(shown(STEP), undefined)).toBe('{}');
  });

  test('is the same for a snapshot', () => {
    const context = JSON.parse(menuContext(shown({ kind: 'snapshot', path: '/a.bin' }), 40));
    expect(context).toMatchObject({ webviewSection: 'bytes', offset: 40, length: 1 });
  });
});
