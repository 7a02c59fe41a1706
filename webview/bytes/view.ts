import type { SpaceView } from '../../engine/views/bytes/calls.ts';
import type { ByteRange } from '../../engine/views/protocol.ts';
import { imageOf, type StateBesideMap } from '../state/state.ts';

/** The addresses that the rows of bytes run through: those of the image, or of a memory or region. */
export interface BytesView {
  /** The part id of the memory or region. Undefined for the image. */
  readonly part: string | undefined;
  readonly name: string;
  /** Size in bytes. */
  readonly size: number;
  /** Returns the offset in the image of an address. Undefined where the image does not have it. */
  offsetOf(address: number): number | undefined;
  /** Returns the address of an offset in the image. Undefined where the view does not have it. */
  addressOf(offset: number): number | undefined;
  /** Returns the range of the image around an offset in which one byte of the image follows the other in the view, too. */
  contiguous(offset: number): ByteRange | undefined;
}

/** Returns the view of the bytes: the memory or region of the selected byte if the user chose that, else the image. */
export function bytesView(state: StateBesideMap): BytesView {
  const space = state.space.result;
  const isWanted = state.panes.addresses === 'space' && space !== undefined && space.part === partOfBytes(state);
  return isWanted ? viewOfSpace(space) : viewOfImage(imageOf(state)?.summary.bytes ?? 0);
}

/** Returns the memory or region that the latest explained byte is in. */
export function partOfBytes({ explanation, selection }: StateBesideMap): string | undefined {
  return selection === undefined ? undefined : explanation.result?.space?.part;
}

function viewOfImage(size: number): BytesView {
  const within = (position: number) => (position >= 0 && position < size ? position : undefined);
  return {
    part: undefined,
    name: 'image',
    size,
    offsetOf: within,
    addressOf: within,
    contiguous: () => ({ start: 0, length: size }),
  };
}

/** The views of memories, each made once. */
const views = new WeakMap<SpaceView, BytesView>();

function viewOfSpace(space: SpaceView): BytesView {
  const known = views.get(space);
  if (known !== undefined) return known;
  const { bytes, pieceBytes, starts } = space;
  /** The pieces in the order of their places in the image. */
  const order = Uint32Array.from(starts.keys())
    .filter((piece) => !Number.isNaN(starts[piece]))
    .sort((a, b) => (starts[a] ?? 0) - (starts[b] ?? 0));
  const pieceAt = (offset: number) => {
    let [low, high] = [0, order.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((starts[order[middle] ?? 0] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    const piece = order[low - 1];
    const start = piece === undefined ? undefined : starts[piece];
    if (piece === undefined || start === undefined) return undefined;
    const length = Math.min(pieceBytes, bytes - piece * pieceBytes);
    return offset < start + length ? { piece, start, length } : undefined;
  };
  const view: BytesView = {
    part: space.part,
    name: space.name,
    size: bytes,
    offsetOf: (address) => {
      const start = address < 0 || address >= bytes ? undefined : starts[Math.floor(address / pieceBytes)];
      return start === undefined || Number.isNaN(start) ? undefined : start + (address % pieceBytes);
    },
    addressOf: (offset) => {
      const found = pieceAt(offset);
      return found && found.piece * pieceBytes + offset - found.start;
    },
    contiguous: pieceAt,
  };
  views.set(space, view);
  return view;
}
