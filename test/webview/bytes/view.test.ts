import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import type { SpaceView } from '../../../engine/views/bytes/calls.ts';
import { bytesView } from '../../../webview/bytes/view.ts';
import { DEFAULT_PANES, type EditorState, INITIAL_STATE } from '../../../webview/state/state.ts';

const PIECE = 1000;

/** Returns the state of an editor whose selected byte is in a memory of pieces at these places. */
function showing(starts: readonly number[], bytes: number, addresses: 'image' | 'space' = 'space'): EditorState {
  const space: SpaceView = { part: 'memory/3', name: 'memory 3', bytes, pieceBytes: PIECE, starts: Float64Array.from(starts) };
  const explanation = {
    offset: 0,
    crumbs: [],
    selection: { start: 0, length: 1 },
    space: { part: 'memory/3', name: 'memory 3', address: 0 },
    sections: [],
  };
  return {
    ...INITIAL_STATE,
    stage: {
      kind: 'shown',
      memory: { kind: 'snapshot', path: '/a' },
      summary: {
        title: '',
        subtitle: '',
        layout: '',
        bytes: 10_000_000,
        hasImage: true,
        missing: undefined,
        remarks: [],
        written: undefined,
      },
    },
    selection: { cursor: 0, range: { start: 0, length: 1 } },
    explanation: { result: explanation, generation: 0, error: undefined },
    space: { result: space, generation: 0, error: undefined },
    panes: { ...DEFAULT_PANES, addresses },
  };
}

const pieces = fc.uniqueArray(
  fc.nat(5000).map((piece) => piece * PIECE),
  { minLength: 1, maxLength: 40, size: 'max' },
);

law.prop([pieces, fc.nat(PIECE - 1), fc.nat()])('an address and its offset lead to each other', (starts, cut, at) => {
  const bytes = starts.length * PIECE - cut;
  const view = bytesView(showing(starts, bytes));
  expect(view).toMatchObject({ part: 'memory/3', size: bytes });
  const address = at % bytes;
  const offset = view.offsetOf(address) ?? -1;
  expect(offset).toBe((starts[Math.floor(address / PIECE)] ?? 0) + (address % PIECE));
  expect(view.addressOf(offset)).toBe(address);
  const around = view.contiguous(offset) ?? { start: 0, length: 0 };
  expect(offset).toBeGreaterThanOrEqual(around.start);
  expect(offset).toBeLessThan(around.start + around.length);
  for (const end of [around.start, around.start + around.length - 1]) {
    expect((view.addressOf(end) ?? 0) - address).toBe(end - offset);
  }
});

law.prop([pieces, fc.nat(6_000_000)])('offsets of other memories have no address', (starts, offset) => {
  const view = bytesView(showing(starts, starts.length * PIECE));
  const isInside = starts.some((start) => offset >= start && offset < start + PIECE);
  expect(view.addressOf(offset) !== undefined).toBe(isInside);
});

test('a piece that the image does not have has no offsets', () => {
  const view = bytesView(showing([5000, Number.NaN, 9000], 3000));
  expect([view.offsetOf(0), view.offsetOf(1000), view.offsetOf(2001), view.offsetOf(3000)]).toEqual([
    5000,
    undefined,
    9001,
    undefined,
  ]);
});

test('the image is shown where its addresses are wanted, and where the selected byte is in no memory', () => {
  expect(bytesView(showing([5000], 1000, 'image')).part).toBeUndefined();
  expect(bytesView({ ...showing([5000], 1000), selection: undefined }).part).toBeUndefined();
  expect(bytesView(showing([5000], 1000, 'image')).addressOf(77)).toBe(77);
});
