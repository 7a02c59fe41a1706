import { formatAddress, formatCounted } from '../../../engine/core/format.ts';
import type { EntryBytes } from '../../../engine/views/diff/calls.ts';
import type { SideName } from '../../../engine/views/diff/page.ts';
import { useSize } from '../../hooks.ts';

/** Bytes in a row, where there is room for so many, in pixels, and elsewhere. */
const ROW = { min: 372, wide: 16, narrow: 8 } as const;

interface HexRowsProps {
  readonly bytes: EntryBytes;
  readonly side: SideName;
}

/** Bytes in rows of address and hex. Those that the other side does not have are marked. */
export function HexRows({ bytes: { address, hex, marks, size }, side }: HexRowsProps) {
  const [room, roomSize] = useSize<HTMLDivElement>();
  const count = hex.length / 2;
  const inRow = (roomSize?.width ?? 0) >= ROW.min ? ROW.wide : ROW.narrow;
  const rows = Array.from({ length: Math.ceil(count / inRow) }, (_, row) => row * inRow);
  return (
    <div class="hex" ref={room}>
      {rows.map((start) => (
        <div key={start} class="hex-row">
          <span class="quiet">{formatAddress(address + start)}</span>
          <span>{piecesOf(hex, marks, start, Math.min(start + inRow, count), side)}</span>
        </div>
      ))}
      {size > count && <p class="quiet">… {formatCounted(size - count, 'more byte')}</p>}
    </div>
  );
}

/** Returns the bytes from `start` up to `end` as text, with marks around those that differ. */
function piecesOf(hex: string, marks: EntryBytes['marks'], start: number, end: number, side: SideName) {
  const Mark = side === 'before' ? 'del' : 'ins';
  const text = (from: number, to: number): string => (hex.slice(2 * from, 2 * to).match(/../g) ?? []).join(' ');
  const pieces: preact.ComponentChild[] = [];
  let done = start;
  for (const [from, to] of marks) {
    const [left, right] = [Math.max(from, start), Math.min(to, end)];
    if (left >= right) continue;
    if (left > done) pieces.push(`${text(done, left)} `);
    pieces.push(<Mark key={left}>{text(left, right)}</Mark>, right < end ? ' ' : '');
    done = right;
  }
  if (done < end) pieces.push(text(done, end));
  return pieces;
}
