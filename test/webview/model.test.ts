import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PROTOCOL_VERSION } from '../../engine/views/protocol.ts';
import { bytesView } from '../../webview/bytes/view.ts';
import { gridOf } from '../../webview/state/state.ts';
import { FakeEditor } from './fake-port.ts';

const PAGE = 65_536;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function opened(saved?: unknown): Promise<FakeEditor> {
  const editor = new FakeEditor(saved);
  editor.layOut();
  editor.show();
  editor.layOut();
  await editor.settle();
  return editor;
}

test('the editor reports that it is ready, and its version', () => {
  const { model, port } = new FakeEditor();
  model.start();
  expect(port.notifications).toEqual([{ notification: 'ready', version: PROTOCOL_VERSION }]);
});

test('data on screen is requested once', async () => {
  const { answered, model } = await opened();
  expect(answered.toSorted()).toEqual(['memory/bytes', 'memory/fields', 'memory/map', 'memory/map']);
  expect(gridOf(model.state)?.bytesPerCell).toBe(PAGE);
  expect(model.state.map.result?.firstPart.length).toBe(1666);
});

test('nothing is requested for a memory without bytes', async () => {
  const editor = new FakeEditor();
  const summary = { ...editor.memory.summary, bytes: 0 };
  const show = { notification: 'show', version: PROTOCOL_VERSION, memory: { kind: 'step', session: 'x' } } as const;
  editor.model.receive({ ...show, summary });
  editor.model.receive({ ...show, summary: { ...editor.memory.summary, hasImage: false } });
  editor.layOut();
  expect(editor.port.calls).toEqual([]);
});

test('a host of another version is reported to the user', () => {
  const { model, memory } = new FakeEditor();
  model.receive({
    notification: 'show',
    version: PROTOCOL_VERSION + 1,
    memory: { kind: 'snapshot', path: '/a' },
    summary: memory.summary,
  });
  expect(model.state.stage).toMatchObject({ kind: 'error', text: expect.stringContaining('Reload the window') });
});

test('selecting a byte explains it, selects its owner and notifies the host once', async () => {
  const editor = await opened();
  editor.model.select(0x18a1c);
  expect(editor.model.state.selection).toEqual({ cursor: 0x18a1c, range: { start: 0x18a1c, length: 1 } });
  await editor.settle();
  expect(editor.model.state.selection?.range).toEqual({ start: 0x189c0, length: 112 });
  expect(editor.port.selections).toEqual([{ notification: 'selected', offset: 0x18a1c, part: 'memory/3/btreemap' }]);
  expect(editor.model.state.announcement).toContain('0x18a1c: bucket 0, memory 3');
});

test('a selection by the host is not sent back to it', async () => {
  const editor = await opened();
  editor.model.receive({ notification: 'select', offset: 0x18a1c });
  await editor.settle();
  expect(editor.model.state.explanation.result?.offset).toBe(0x18a1c);
  expect(editor.port.selections).toEqual([]);
});

test('selecting the same byte again requests nothing, and selects its owner again', async () => {
  const editor = await opened();
  editor.model.select(0x18a1c);
  await editor.settle();
  editor.answered.length = 0;
  editor.model.select(0x18a1c);
  await editor.settle();
  expect(editor.answered).toEqual([]);
  expect(editor.model.state.selection?.range.length).toBe(112);
});

test('a finding stays selected as a whole', async () => {
  const editor = await opened();
  editor.model.select(0x1c040, { range: { start: 0x1c040, length: 1024 } });
  await editor.settle();
  expect(editor.model.state.selection?.range.length).toBe(1024);
  expect(editor.model.state.explanation.result?.offset).toBe(0x1c040);
});

test('moving by keys explains only the last byte', async () => {
  const editor = await opened();
  for (const offset of [0x20000, 0x30000, 0x40000])
    editor.model.select(offset, { range: { start: offset, length: PAGE }, explain: 'soon' });
  expect(editor.port.calls.map(({ call }) => call)).not.toContain('memory/explain');
  vi.advanceTimersByTime(200);
  await editor.settle();
  expect(editor.model.state.explanation.result?.offset).toBe(0x40000);
  expect(editor.answered.filter((call) => call === 'memory/explain')).toHaveLength(1);
});

test('an owner of the breadcrumb is selected, while the inspector still explains the byte', async () => {
  const editor = await opened();
  editor.model.select(0x18a1c);
  await editor.settle();
  const bucket = editor.model.state.explanation.result?.crumbs[0];
  if (bucket !== undefined) editor.model.selectCrumb(bucket);
  await editor.settle();
  expect(editor.model.state.selection?.range).toEqual({ start: PAGE, length: 128 * PAGE });
  expect(editor.model.state.explanation.result?.offset).toBe(0x18a1c);
  expect(editor.port.selections.at(-1)).toEqual({ notification: 'selected', offset: PAGE, part: 'bucket/0' });
});

test('offsets outside the image are not selected', async () => {
  const editor = await opened();
  for (const offset of [-1, editor.memory.bytes]) editor.model.select(offset);
  expect(editor.model.state.selection).toBeUndefined();
});

test('a selection scrolls map and bytes to it', async () => {
  const editor = await opened();
  editor.model.zoom(-1, 0);
  editor.model.zoom(-1, 0);
  const offset = 100 * 2 ** 20 + 5;
  editor.model.select(offset);
  await editor.settle();
  const { mapTop, bytesTop, bytes, map } = editor.model.state;
  expect(offset - mapTop).toBeGreaterThanOrEqual(0);
  expect(offset - mapTop).toBeLessThan(30 * 64 * 16_384);
  expect(offset - bytesTop).toBeLessThan(12 * 16);
  expect(bytes.result?.offset).toBeLessThanOrEqual(offset);
  expect(map.result?.bytesPerCell).toBe(16_384);
});

test('a selection before the views are laid out is scrolled to when they are', () => {
  const editor = new FakeEditor();
  editor.show();
  editor.model.receive({ notification: 'select', offset: 50 * 2 ** 20 });
  expect(editor.model.state.bytesTop).toBe(0);
  editor.layOut();
  expect(editor.model.state.bytesTop).toBeGreaterThan(49 * 2 ** 20);
});

test('another step keeps zoom, position and selection, and requests everything again', async () => {
  const editor = await opened();
  editor.model.zoom(-1, 0);
  editor.model.scrollMap(40 * 2 ** 20);
  editor.model.select(41 * 2 ** 20);
  await editor.settle();
  const before = editor.model.state;
  editor.answered.length = 0;
  editor.show({ used: 20 });
  // Nothing disappears from the screen before its replacement arrives.
  expect(editor.model.state).toMatchObject({ map: before.map, bytes: before.bytes, explanation: before.explanation });
  await editor.settle();
  expect(editor.answered.toSorted()).toEqual([
    'memory/bytes',
    'memory/data',
    'memory/explain',
    'memory/fields',
    'memory/map',
    'memory/map',
  ]);
  const { zoom, mapTop, bytesTop, selection } = editor.model.state;
  expect({ zoom, mapTop, bytesTop, selection }).toEqual({
    zoom: before.zoom,
    mapTop: before.mapTop,
    bytesTop: before.bytesTop,
    selection: before.selection,
  });
  expect(editor.port.selections).toHaveLength(1);
});

test('a step leads to the bytes that it wrote', async () => {
  const editor = await opened();
  editor.model.zoom(-1, 0);
  editor.model.select(1000);
  await editor.settle();
  const written = { start: 70 * 2 ** 20, length: 48 };
  editor.show({ written });
  await editor.settle();
  const { selection, mapTop, bytesTop, explanation, bytesRows } = editor.model.state;
  expect(selection).toEqual({ cursor: written.start, range: written });
  expect(explanation.result?.offset).toBe(written.start);
  const grid = gridOf(editor.model.state);
  expect(grid && written.start - mapTop).toBeLessThan(
    (grid?.visibleRows ?? 0) * (grid?.columns ?? 0) * (grid?.bytesPerCell ?? 0),
  );
  expect(written.start - bytesTop).toBeLessThan(16 * (bytesRows ?? 0));
  expect(editor.port.selections.at(-1)).toMatchObject({ offset: 1000 });
});

test('the map is requested again once its bytes are counted', async () => {
  const editor = await opened();
  editor.answered.length = 0;
  editor.model.receive({ notification: 'scan', scan: editor.memory.scan });
  await editor.settle();
  expect(editor.answered).toEqual(['memory/map', 'memory/map']);
});

test('why a scan failed is shown until there is another', async () => {
  const editor = await opened();
  editor.model.receive({ notification: 'scan-failed', text: 'The file is gone.' });
  expect(editor.model.state).toMatchObject({ scan: undefined, scanError: 'The file is gone.' });
  editor.model.receive({ notification: 'scan', scan: editor.memory.scan });
  expect(editor.model.state.scanError).toBeUndefined();
});

test('the scan of an earlier step is marked as old', async () => {
  const editor = await opened();
  editor.model.receive({ notification: 'scan', scan: editor.memory.scan });
  expect(editor.model.state.isScanFresh).toBe(true);
  editor.show({ used: 20 });
  expect(editor.model.state).toMatchObject({ isScanFresh: false, scan: editor.model.state.scan });
  expect(editor.model.state.scan).toBeDefined();
});

test('the bytes of the previous step are kept for comparison', async () => {
  const editor = await opened();
  const before = editor.model.state.bytes.result;
  editor.show({ used: 20 });
  await editor.settle();
  expect(editor.model.state.bytesBefore).toBe(before);
  expect(editor.model.state.bytes.result).not.toBe(before);
});

test('a result about an earlier step is dropped, and requested again', async () => {
  const editor = await opened();
  editor.show({ used: 1 });
  const late = editor.port.calls.splice(0);
  expect(late.length).toBeGreaterThan(0);
  const { map } = editor.model.state;
  editor.show({ used: 20 });
  for (const { id, params, call } of late) {
    if (call === 'memory/map') editor.host.receive({ id, result: editor.memory.map(params.from, params.bytesPerCell, 1) });
    if (call === 'memory/bytes') editor.host.receive({ id, result: editor.memory.read(params.offset, 1) });
  }
  await vi.advanceTimersByTimeAsync(1);
  expect(editor.model.state.map).toBe(map);
  await editor.settle();
  expect(editor.model.state.map.result?.firstPart.length).toBe(1666);
  expect(editor.model.state.map.generation).toBe(2 * editor.model.state.generation);
});

test('another memory starts at its beginning', async () => {
  const editor = await opened();
  editor.model.select(50 * 2 ** 20);
  await editor.settle();
  editor.show({}, '/b');
  expect(editor.model.state).toMatchObject({ selection: undefined, mapTop: 0, bytesTop: 0, map: { result: undefined } });
});

test('an error is shown, keeps the last result, and is not requested repeatedly', async () => {
  const editor = await opened();
  const { result } = editor.model.state.map;
  editor.show({ used: 20 });
  await editor.settle('The file is gone.');
  expect(editor.model.state.map).toMatchObject({ result, error: 'The file is gone.' });
  editor.model.announce('something else');
  expect(editor.port.calls).toEqual([]);
  editor.show({ used: 20 });
  await editor.settle();
  expect(editor.model.state.map.error).toBeUndefined();
});

test('scrolling requests data when it runs out, one call at a time', async () => {
  const editor = await opened();
  for (let zoom = 0; zoom < 8; zoom++) editor.model.zoom(-1, 0);
  for (let step = 1; step <= 50; step++) editor.model.scrollMap(step * 2 ** 20);
  expect(editor.port.calls.filter(({ call }) => call === 'memory/map')).toHaveLength(1);
  await editor.settle();
  expect(editor.answered.filter((call) => call === 'memory/map').length).toBeLessThan(6);
  const { result } = editor.model.state.map;
  expect(result?.bytesPerCell).toBe(256);
  expect(result?.from).toBeLessThanOrEqual(50 * 2 ** 20);
});

test('scrolling ends where the image does', async () => {
  const editor = await opened();
  editor.model.scrollBytes(Number.MAX_SAFE_INTEGER);
  expect(editor.model.state.bytesTop).toBe(editor.memory.bytes - 12 * 16);
  editor.model.scrollBytes(-5);
  expect(editor.model.state.bytesTop).toBe(0);
});

test('a filter is put on and taken off', async () => {
  const { model } = await opened();
  model.toggleFilter({ owner: 'memory/3' });
  model.toggleFilter({ use: 'slack' });
  expect(model.state.filter).toEqual({ owner: 'memory/3', use: 'slack' });
  model.toggleFilter({ owner: 'memory/3' });
  expect(model.state.filter).toEqual({ owner: undefined, use: 'slack' });
});

test('the saved position is restored', async () => {
  const editor = await opened();
  editor.model.zoom(-1, 0);
  editor.model.select(50 * 2 ** 20);
  editor.model.scrollBytes(7);
  editor.model.arrange({ inspectorWidth: 300 });
  await editor.settle();
  vi.advanceTimersByTime(300);
  const { zoom, mapTop, bytesTop, panes } = editor.model.state;
  const again = await opened(structuredClone(editor.port.state));
  expect(again.model.state).toMatchObject({ zoom, mapTop, bytesTop, panes, selection: { cursor: 50 * 2 ** 20 } });
  expect(again.port.selections).toEqual([]);
});

test('the bytes of a memory have its own addresses, and follow the selection to another memory', async () => {
  const editor = await opened();
  editor.model.arrange({ addresses: 'space' });
  editor.model.select(0x18a1c);
  await editor.settle();
  const view = bytesView(editor.model.state);
  expect([view.part, view.addressOf(0x18a1c)]).toEqual(['memory/3', 0x8a1c]);
  expect(editor.model.state.bytes.result).toMatchObject({ space: 'memory/3' });
  expect(0x8a1c - editor.model.state.bytesTop).toBeGreaterThanOrEqual(0);
  expect(0x8a1c - editor.model.state.bytesTop).toBeLessThan(12 * 16);
  editor.model.select(PAGE + 128 * PAGE + 64);
  await editor.settle();
  expect(bytesView(editor.model.state)).toMatchObject({ part: 'memory/1', size: PAGE });
  expect(editor.model.state.bytesTop).toBe(0);
  editor.model.select(100);
  await editor.settle();
  expect(bytesView(editor.model.state).part).toBeUndefined();
});

test('a selection by hand ends with the bucket, where the bytes of a memory go on elsewhere', async () => {
  const editor = await opened();
  editor.model.arrange({ addresses: 'space' });
  editor.model.select(0x18a1c);
  await editor.settle();
  editor.model.extendTo(editor.memory.bytes - 1);
  expect(editor.model.state.selection?.range).toEqual({ start: 0x18a1c, length: 13 * PAGE - 0x18a1c });
});

test('a pointer is followed, and the way back leads to it again', async () => {
  const editor = await opened();
  const at = 112 * 1000;
  editor.model.select(at, { range: { start: at, length: 12 } });
  await editor.settle();
  editor.model.followPointer();
  await editor.settle();
  expect(editor.model.state.selection?.cursor).toBe(at + 0x4000);
  editor.model.travel('back');
  expect(editor.model.state.selection?.cursor).toBe(at);
  editor.model.travel('forward');
  expect(editor.model.state.selection?.cursor).toBe(at + 0x4000);
  editor.model.select(at + 1, { range: { start: at + 1, length: 4 } });
  await editor.settle();
  editor.model.followPointer();
  expect(editor.model.state.announcement).toBe('No pointer is selected.');
});

test('the host gets the place and value of the selection for the status bar, once for each', async () => {
  const editor = await opened();
  editor.model.select(0x18a1c, { range: { start: 0x18a1c, length: 1 } });
  await editor.settle();
  const texts = editor.port.notifications.flatMap((each) => ('text' in each ? [each.text] : []));
  expect(texts.at(-1)).toBe('0x18a1c · memory 3 “events” 0x8a1c · 1 byte · u8 97');
  expect(new Set(texts).size).toBe(texts.length);
});

test('a bookmark is asked of the host, with the names of the owners', async () => {
  const editor = await opened();
  editor.model.select(0x18a1c);
  await editor.settle();
  editor.model.toggleBookmark();
  expect(editor.port.notifications.at(-1)).toEqual({
    notification: 'bookmark',
    start: 0x189c0,
    length: 112,
    name: 'value in memory 3 “events”',
  });
  editor.model.receive({ notification: 'bookmarks', bookmarks: [{ start: 0x189c0, length: 112, name: 'mine' }] });
  expect(editor.model.state.bookmarks).toHaveLength(1);
});

test('a selected cell of the map is summed up by the engine, again at each step, and not sent to the host', async () => {
  const editor = await opened();
  editor.model.selectCell(70_000);
  await editor.settle();
  const { selection, cell } = editor.model.state;
  expect(selection).toMatchObject({ cursor: PAGE, range: { start: PAGE, length: PAGE }, isCell: true });
  expect([cell.result?.from, cell.result?.bytesPerCell, cell.result?.firstPart.length]).toEqual([PAGE, PAGE, 2]);
  expect(editor.answered).not.toContain('memory/explain');
  expect(editor.port.selections).toEqual([]);
  editor.show({ used: 0 });
  await editor.settle();
  expect([...(editor.model.state.cell.result?.useOf ?? [])]).not.toEqual([...(cell.result?.useOf ?? [])]);
  expect(editor.model.state.selection?.isCell).toBe(true);
});

test('an earlier explanation of its first byte does not replace a selected cell', async () => {
  const editor = await opened();
  editor.model.select(PAGE);
  await editor.settle();
  editor.model.selectCell(PAGE);
  editor.show({ used: 40 });
  await editor.settle();
  expect(editor.model.state.selection).toMatchObject({ range: { start: PAGE, length: PAGE }, isCell: true });
});

test('ages are requested only while the colours stand for them', async () => {
  const editor = await opened();
  editor.show({ step: 7 });
  await editor.settle();
  expect(editor.model.state.map.result?.lastWrites).toBeUndefined();
  editor.model.colourBy('age');
  await editor.settle();
  expect(editor.model.state.map.result?.lastWrites?.steps[1]).toBe(7);
  editor.show({ step: 8 });
  await editor.settle();
  expect(editor.model.state.map.result?.lastWrites?.steps[1]).toBe(8);
});
