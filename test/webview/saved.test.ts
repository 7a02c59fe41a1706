import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { parseSaved, type Saved } from '../../webview/state/saved.ts';
import { DEFAULT_PANES } from '../../webview/state/state.ts';

test('saved state is restored', () => {
  const saved: Saved = {
    memory: '{"kind":"snapshot"}',
    zoom: 4096,
    mapTop: 8192,
    bytesTop: 160,
    cursor: 170,
    panes: {
      inspectorWidth: 300,
      bytesHeight: 200,
      isInspectorOpen: false,
      areBytesOpen: true,
      areFindingsOpen: true,
      isDataOpen: false,
      addresses: 'space',
    },
    colouring: 'fill',
  };
  expect(parseSaved(structuredClone(saved))).toEqual(saved);
});

test('nothing saved', () =>
  expect(parseSaved(undefined)).toMatchObject({ memory: '', mapTop: 0, panes: DEFAULT_PANES, colouring: 'owner' }));

law.prop([fc.anything()])('any value is accepted, and yields valid positions', (value) => {
  const { mapTop, bytesTop, zoom, cursor, panes } = parseSaved(value);
  for (const number of [mapTop, bytesTop, zoom ?? 0, cursor ?? 0, panes.bytesHeight, panes.inspectorWidth]) {
    expect(number).toBeGreaterThanOrEqual(0);
    expect(number).toBeLessThan(Number.POSITIVE_INFINITY);
  }
});
