import { useLayoutEffect, useRef } from 'preact/hooks';
import { formatAddress, formatBytes, formatCount } from '../../../engine/core/format.ts';
import { useFrame, useSize } from '../../hooks.ts';
import type { Look } from '../../look.ts';
import type { TimelineModel } from '../state/timeline-model.ts';
import { describeBlocks, type Shown, type TimelineState } from '../state/timeline-state.ts';
import { BLOCK_PITCH, BLOCK_ROWS, blockColumns, paintBlocks } from './paint-blocks.ts';

interface BlocksProps {
  readonly model: TimelineModel;
  readonly state: TimelineState;
  readonly shown: Shown;
  readonly look: Look;
}

/** The blocks at the present step, in address order. */
export function Blocks({ model, state, shown, look }: BlocksProps) {
  const [field, size] = useSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = size?.width ?? 0;
  const height = BLOCK_ROWS * BLOCK_PITCH;
  const blocks = state.blocks.shown?.result;
  const cells = BLOCK_ROWS * blockColumns(width);
  useLayoutEffect(() => {
    if (width > 0) model.layOut({ blockCells: cells });
  }, [model, width, cells]);
  useFrame(() => {
    if (canvas.current !== null && width > 0 && blocks !== undefined) paintBlocks(canvas.current, width, height, blocks, look);
  });
  const text = blocks === undefined ? '…' : describeBlocks(blocks);
  const bytesPerCell = shown.space.bytes / Math.max(1, Math.min(cells, shown.space.bytes));
  return (
    <section class="blocks" aria-label="Blocks at this step">
      <p class="blocks-title" title={`${text}; a cell is ${formatBytes(Math.ceil(bytesPerCell))}`}>
        Blocks at step {formatCount(state.step)}
        {' · '}
        <span class="quiet">{text}</span>
      </p>
      <div
        class="blocks-field"
        ref={field}
        style={{ height: `${height}px` }}
        aria-hidden="true"
        onPointerMove={(event) => {
          const cell = Math.floor(event.offsetY / BLOCK_PITCH) * blockColumns(width) + Math.floor(event.offsetX / BLOCK_PITCH);
          const address = Math.floor(cell * bytesPerCell);
          if (address < shown.space.bytes) {
            model.point({ step: Math.max(1, state.step), address });
            event.currentTarget.title = `${formatAddress(address)} at step ${formatCount(state.step)}`;
          }
        }}
        onPointerLeave={() => model.point(undefined)}
      >
        <canvas ref={canvas} />
      </div>
    </section>
  );
}
