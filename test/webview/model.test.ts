import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PROTOCOL_VERSION } from '../../engine/views/protocol.ts';
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

test('the editor says that it is ready, and of which version', () => {
  const { model, port } = new FakeEditor();
  model.start();
  expect(port.notifications).toEqual([{ notification: 'ready', version: PROTOCOL_VERSION }]);
});

test('what is on screen is asked for once', async () => {
  const { answered, model } = await opened();
  expect(answered.toSorted()).toEqual(['memory/bytes', 'memory/map', 'memory/map']);
  expect(gridOf(model.state)?.bytesPerCell).toBe(PAGE);
  expect(model.state.map.result?.firstPart.length).toBe(1666);
});

test('nothing is asked for a memory without bytes', async () => {
  const editor = new FakeEditor();
  const summary = { ...editor.memory.summary, bytes: 0 };
  const show = { notification: 'show', version: PROTOCOL_VERSION, memory: { kind: 'step', session: 'x' } } as const;
  editor.model.receive({ ...show, summary });
  editor.model.receive({ ...show, summary: { ...editor.memory.summary, hasImage: false } });
  editor.layOut();
  expect(editor.port.calls).toEqual([]);
});

test('a host of another version is told to the user', () => {
  const { model, memory } = new FakeEditor();
  model.receive({
    notification: 'show',
    version: PROTOCOL_VERSION + 1,
    memory: { kind: 'snapshot', path: '/a' },
    summary: memory.summary,
  });
  expect(model.state.stage).toMatchObject({ kind: 'problem', text: expect.stringContaining('Reload the window') });
});

test('picking a byte explains it, selects its owner and tells the host once', async () => {
  const editor = await opened();
  editor.model.select(0x18a1c);
  expect(editor.model.state.selection).toEqual({ cursor: 0x18a1c, stretch: { start: 0x18a1c, length: 1 } });
  await editor.settle();
  expect(editor.model.state.selection?.stretch).toEqual({ start: 0x189c0, length: 112 });
  expect(editor.port.notifications).toEqual([{ notification: 'selected', offset: 0x18a1c, part: 'memory/3/btreemap' }]);
  expect(editor.model.state.announcement).toContain('0x18a1c: bucket 0, memory 3');
});

test('what the host selects is not told back to it', async () => {
  const editor = await opened();
  editor.model.receive({ notification: 'select', offset: 0x18a1c });
  await editor.settle();
  expect(editor.model.state.explanation.result?.offset).toBe(0x18a1c);
  expect(editor.port.notifications).toEqual([]);
});

test('picking the same byte again asks for nothing, and selects its owner again', async () => {
  const editor = await opened();
  editor.model.select(0x18a1c);
  await editor.settle();
  editor.answered.length = 0;
  editor.model.select(0x18a1c);
  await editor.settle();
  expect(editor.answered).toEqual([]);
  expect(editor.model.state.selection?.stretch.length).toBe(112);
});

test('a finding stays selected as a whole', async () => {
  const editor = await opened();
  editor.model.select(0x1c040, { stretch: { start: 0x1c040, length: 1024 } });
  await editor.settle();
  expect(editor.model.state.selection?.stretch.length).toBe(1024);
  expect(editor.model.state.explanation.result?.offset).toBe(0x1c040);
});

test('moving by keys explains where one stops', async () => {
  const editor = await opened();
  for (const offset of [0x20000, 0x30000, 0x40000])
    editor.model.select(offset, { stretch: { start: offset, length: PAGE }, explain: 'soon' });
  expect(editor.port.calls.map(({ call }) => call)).not.toContain('memory/explain');
  vi.advanceTimersByTime(200);
  await editor.settle();
  expect(editor.model.state.explanation.result?.offset).toBe(0x40000);
  expect(editor.answered.filter((call) => call === 'memory/explain')).toHaveLength(1);
});

test('an owner of the breadcrumb is selected, while the inspector goes on about the byte', async () => {
  const editor = await opened();
  editor.model.select(0x18a1c);
  await editor.settle();
  const bucket = editor.model.state.explanation.result?.crumbs[0];
  if (bucket !== undefined) editor.model.selectCrumb(bucket);
  await editor.settle();
  expect(editor.model.state.selection?.stretch).toEqual({ start: PAGE, length: 128 * PAGE });
  expect(editor.model.state.explanation.result?.offset).toBe(0x18a1c);
  expect(editor.port.notifications.at(-1)).toEqual({ notification: 'selected', offset: PAGE, part: 'bucket/0' });
});

test('offsets outside of the image are not selected', async () => {
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

test('another moment keeps zoom, place and selection, and asks for everything anew', async () => {
  const editor = await opened();
  editor.model.zoom(-1, 0);
  editor.model.scrollMap(40 * 2 ** 20);
  editor.model.select(41 * 2 ** 20);
  await editor.settle();
  const before = editor.model.state;
  editor.answered.length = 0;
  editor.show({ used: 20 });
  // Nothing is taken off the screen before its successor is there.
  expect(editor.model.state).toMatchObject({ map: before.map, bytes: before.bytes, explanation: before.explanation });
  await editor.settle();
  expect(editor.answered.toSorted()).toEqual(['memory/bytes', 'memory/explain', 'memory/map', 'memory/map']);
  const { zoom, mapTop, bytesTop, selection } = editor.model.state;
  expect({ zoom, mapTop, bytesTop, selection }).toEqual({
    zoom: before.zoom,
    mapTop: before.mapTop,
    bytesTop: before.bytesTop,
    selection: before.selection,
  });
  expect(editor.port.notifications).toHaveLength(1);
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
  expect(selection).toEqual({ cursor: written.start, stretch: written });
  expect(explanation.result?.offset).toBe(written.start);
  const grid = gridOf(editor.model.state);
  expect(grid && written.start - mapTop).toBeLessThan((grid?.rowsSeen ?? 0) * (grid?.columns ?? 0) * (grid?.bytesPerCell ?? 0));
  expect(written.start - bytesTop).toBeLessThan(16 * (bytesRows ?? 0));
  expect(editor.port.notifications.at(-1)).toMatchObject({ offset: 1000 });
});

test('the map is asked for again once its bytes are counted', async () => {
  const editor = await opened();
  editor.answered.length = 0;
  editor.model.receive({ notification: 'scan', scan: editor.memory.scan });
  await editor.settle();
  expect(editor.answered).toEqual(['memory/map', 'memory/map']);
});

test('why a scan failed is shown until there is another', async () => {
  const editor = await opened();
  editor.model.receive({ notification: 'scan-failed', text: 'The file is gone.' });
  expect(editor.model.state).toMatchObject({ scan: undefined, scanProblem: 'The file is gone.' });
  editor.model.receive({ notification: 'scan', scan: editor.memory.scan });
  expect(editor.model.state.scanProblem).toBeUndefined();
});

test('the scan of an older moment is known to be old', async () => {
  const editor = await opened();
  editor.model.receive({ notification: 'scan', scan: editor.memory.scan });
  expect(editor.model.state.isScanFresh).toBe(true);
  editor.show({ used: 20 });
  expect(editor.model.state).toMatchObject({ isScanFresh: false, scan: editor.model.state.scan });
  expect(editor.model.state.scan).toBeDefined();
});

test('bytes of the moment before are kept to be compared', async () => {
  const editor = await opened();
  const before = editor.model.state.bytes.result;
  editor.show({ used: 20 });
  await editor.settle();
  expect(editor.model.state.bytesBefore).toBe(before);
  expect(editor.model.state.bytes.result).not.toBe(before);
});

test('an result about an older moment is dropped, and asked for again', async () => {
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

test('another memory begins at its beginning', async () => {
  const editor = await opened();
  editor.model.select(50 * 2 ** 20);
  await editor.settle();
  editor.show({}, '/b');
  expect(editor.model.state).toMatchObject({ selection: undefined, mapTop: 0, bytesTop: 0, map: { result: undefined } });
});

test('a problem is shown, leaves the last result, and is not asked for over and over', async () => {
  const editor = await opened();
  const { result } = editor.model.state.map;
  editor.show({ used: 20 });
  await editor.settle('The file is gone.');
  expect(editor.model.state.map).toMatchObject({ result, problem: 'The file is gone.' });
  editor.model.announce('something else');
  expect(editor.port.calls).toEqual([]);
  editor.show({ used: 20 });
  await editor.settle();
  expect(editor.model.state.map.problem).toBeUndefined();
});

test('scrolling asks when what is known runs out, for one thing at a time', async () => {
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

test('what was saved is where one goes on', async () => {
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
  expect(again.port.notifications).toEqual([]);
});
