import type { MarkedText } from '../../../engine/views/diff/calls.ts';
import type { SideName } from '../../../engine/views/diff/page.ts';

interface MarkedProps {
  readonly value: MarkedText;
  readonly side: SideName;
}

/** A text whose parts that the other side does not have are marked: as deleted before, as inserted after. */
export function Marked({ value: { text, marks }, side }: MarkedProps) {
  const Mark = side === 'before' ? 'del' : 'ins';
  let done = 0;
  const pieces = marks.flatMap(([start, end]) => {
    const plain = text.slice(done, start);
    done = end;
    return [plain, <Mark key={start}>{text.slice(start, end)}</Mark>];
  });
  return (
    <>
      {pieces}
      {text.slice(done)}
    </>
  );
}
