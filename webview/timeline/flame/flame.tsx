import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { formatBytes, formatCount, formatCounted } from '../../../engine/core/format.ts';
import type { Flame } from '../../../engine/views/timeline/calls.ts';
import { cssColour, legible, mix } from '../../colour.ts';
import { formatShare } from '../../format.ts';
import { consumeKey } from '../../hooks.ts';
import { useOneTabStop } from '../../keyboard/one-tab-stop.ts';
import { type Look, ownerColour } from '../../look.ts';
import { MARK_CONTRAST } from '../picture/palette.ts';
import type { TimelineModel } from '../state/timeline-model.ts';
import type { TimelineState } from '../state/timeline-state.ts';
import { type Frame, framesOf, pathTo, placeFrames } from './layout.ts';

interface FlameProps {
  readonly model: TimelineModel;
  readonly state: TimelineState;
  readonly look: Look;
}

/** Bytes alive by message and call. A click zooms to a frame. */
export function FlamePane({ model, state, look }: FlameProps) {
  const choices = useRef<HTMLDivElement>(null);
  const keys = useOneTabStop(choices);
  const { shown, error } = state.flame;
  return (
    <section class="flame" aria-label="Bytes alive by message and call">
      <div class="flame-tools" role="radiogroup" aria-label="Step of the flame graph" ref={choices} {...keys}>
        <Choice isChosen={state.flameStep === undefined} onChoose={() => model.showFlame(undefined)}>
          at the high-water mark
        </Choice>
        <Choice isChosen={state.flameStep !== undefined} onChoose={() => model.showFlame(state.step)}>
          at step {formatCount(state.step)}
        </Choice>
      </div>
      {error !== undefined && <p class="problem">{error}</p>}
      {shown === undefined ? (
        <p class="quiet">Adding up the blocks…</p>
      ) : (
        <Graph flame={shown.result} model={model} look={look} />
      )}
    </section>
  );
}

function Choice({
  isChosen,
  onChoose,
  children,
}: {
  readonly isChosen: boolean;
  readonly onChoose: () => void;
  readonly children: preact.ComponentChildren;
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a button looks the same in every theme.
    <button type="button" class="chip" role="radio" aria-checked={isChosen} onClick={onChoose}>
      {children}
    </button>
  );
}

const ROW = 22;
/** Contrast of text, a little above what WCAG 2.2 asks for: colours of a page are rounded. */
const TEXT_CONTRAST = 4.6;

function Graph({ flame, model, look }: { readonly flame: Flame; readonly model: TimelineModel; readonly look: Look }) {
  const frames = useMemo(() => framesOf(flame.root), [flame]);
  const [root] = frames;
  const [focus, setFocus] = useState(root);
  const [active, setActive] = useState(root);
  const tree = useRef<HTMLDivElement>(null);
  useEffect(() => {
    setFocus(root);
    setActive(root);
  }, [root]);
  if (root === undefined || focus === undefined || active === undefined || !frames.includes(focus)) return null;
  if (flame.root.bytes === 0) return <p class="quiet">Nothing is alive at step {formatCount(flame.step)}.</p>;
  const placed = placeFrames(frames, focus);
  const depth = Math.max(...placed.map(({ frame }) => frame.depth));
  const zoom = (frame: Frame) => {
    setFocus(frame);
    setActive(frame);
    model.announce(`Zoomed to ${describe(frame)}`);
  };
  const moveTo = (frame: Frame | undefined) => {
    if (frame === undefined) return;
    setActive(frame);
    const index = placed.findIndex((each) => each.frame === frame);
    const element = tree.current?.children[index];
    if (element instanceof HTMLElement) element.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const visible = placed.map(({ frame }) => frame);
    const row = visible.filter((each) => each.depth === active.depth);
    switch (event.key) {
      case 'ArrowUp':
        moveTo(visible.find((each) => each.parent === active));
        break;
      case 'ArrowDown':
        moveTo(active.parent);
        break;
      case 'ArrowLeft':
        moveTo(row[row.indexOf(active) - 1]);
        break;
      case 'ArrowRight':
        moveTo(row[row.indexOf(active) + 1]);
        break;
      case 'Escape':
        zoom(focus.parent ?? root);
        break;
      default:
        return;
    }
    consumeKey(event);
  };
  return (
    <>
      <p>
        <b>{formatBytes(flame.root.bytes)}</b> in {formatCounted(flame.root.blocks, 'block')} alive at{' '}
        <button type="button" class="link number" onClick={() => model.visit(flame.step)}>
          #{formatCount(flame.step)}
        </button>
        <span class="quiet">
          {' '}
          · click a frame to zoom, Escape zooms out
          {flame.unlisted > 0 && ` · ${formatCounted(flame.unlisted, 'block')} not listed`}
        </span>
      </p>
      <p class="crumbs">
        {pathTo(focus).map((frame) => (
          <button key={frame.start + frame.depth} type="button" class="crumb-link" onClick={() => zoom(frame)}>
            {frame.node.label}
          </button>
        ))}
      </p>
      <div
        class="frames"
        ref={tree}
        role="tree"
        aria-label="Frames. Up and down arrows go to calls and callers, left and right to others, Enter zooms, Escape zooms out."
        style={{ height: `${(depth + 1) * ROW}px` }}
        onKeyDown={onKeyDown}
      >
        {placed.map(({ frame, left, width }) => (
          <button
            key={`${frame.depth} ${frame.start} ${frame.node.label}`}
            type="button"
            role="treeitem"
            aria-level={frame.depth + 1}
            aria-selected={frame === active}
            aria-label={describe(frame)}
            title={describe(frame)}
            tabIndex={frame === active ? 0 : -1}
            data-pane={frame === active ? '' : undefined}
            class="frame"
            style={{
              left: `${100 * left}%`,
              width: `${100 * width}%`,
              bottom: `${frame.depth * ROW}px`,
              ...frameStyle(look, frame),
            }}
            onClick={() => zoom(frame)}
            onFocus={() => setActive(frame)}
          >
            {frame.node.label}
          </button>
        ))}
      </div>
    </>
  );
}

/** `MemoryBuffer.add: 1.5 KiB in 12 blocks, 10 % of MemoryRegion.allocate` */
function describe({ node, parent }: Frame): string {
  const part = parent === undefined ? '' : `, ${formatShare(node.bytes, parent.node.bytes)} of ${parent.node.label}`;
  return `${node.label}: ${formatBytes(node.bytes)} in ${formatCounted(node.blocks, 'block')}${part}`;
}

/** Returns the colours of a frame: its branch's, weaker with its depth, with text that is readable on it. */
function frameStyle(look: Look, { branch, depth }: Frame) {
  const own = legible(ownerColour(look, branch), look.background, MARK_CONTRAST);
  const fill = mix(own, look.background, branch < 0 ? 0.16 : Math.max(0.22, 0.42 - 0.05 * (depth - 1)));
  return {
    background: cssColour(fill),
    borderColor: cssColour(own),
    color: cssColour(legible(look.foreground, fill, TEXT_CONTRAST)),
  };
}
