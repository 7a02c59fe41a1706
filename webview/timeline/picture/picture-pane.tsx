import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { formatAddress, formatBytes, formatCount } from '../../../engine/core/format.ts';
import type { PictureMark } from '../../../engine/views/timeline/calls.ts';
import { consumeKey, useFrame, useSize, wheelPixels } from '../../hooks.ts';
import type { Look } from '../../look.ts';
import { placeAt, placeOfStep, shareAt, stepAtPlace } from '../state/axis.ts';
import type { TimelineModel } from '../state/timeline-model.ts';
import { type Cursor, faultsOf, type Shown, sentenceOf, stepName, type TimelineState } from '../state/timeline-state.ts';
import { type Layer, layerOf, markUnder, paintPicture, type Screen } from './paint.ts';
import { orderOf, paletteOf } from './palette.ts';
import { StepRuler } from './step-ruler.tsx';
import { addressTicks } from './ticks.ts';

interface PictureProps {
  readonly model: TimelineModel;
  readonly state: TimelineState;
  readonly shown: Shown;
  readonly look: Look;
}

/** Each pixel of the wheel zooms by this factor's power. */
const WHEEL_ZOOM = 1.0022;
/** A key zooms in or out by this factor, and moves by this share of what is visible. */
const KEY_ZOOM = 0.5;
const KEY_PAN = 0.25;
/** Columns and rows that an arrow key moves the cursor by, as shares of what is visible: a step or a byte at least. */
const CURSOR_SHARE = 1 / 120;
/** Pixels between two addresses at the left. */
const TICK_DISTANCE = 44;

interface Pointer {
  readonly x: number;
  readonly y: number;
}

type Drag = { readonly kind: 'go' } | ({ readonly kind: 'pan' } & Pointer);

/** Addresses over time. Hover tells what is there, a click or a drag goes there, and the wheel zooms. */
export function PicturePane({ model, state, shown, look }: PictureProps) {
  const [field, size] = useSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const drag = useRef<Drag | undefined>(undefined);
  const [pointer, setPointer] = useState<Pointer>();
  const layers = useLayers(state, shown, look);
  const { width = 0, height = 0 } = size ?? {};
  const screen: Screen = { width, height, steps: state.steps, addresses: state.addresses, look };
  const marks = (state.picture.shown ?? state.overview.shown)?.result.marks ?? [];

  useLayoutEffect(() => {
    const density = window.devicePixelRatio;
    if (size !== undefined) model.layOut({ picture: { width: size.width * density, height: size.height * density } });
  }, [model, size]);
  const at = ({ x, y }: Pointer): Cursor => ({
    step: stepAtPlace(placeAt(state.steps, x / width), shown.summary.steps),
    address: Math.min(Math.max(0, shown.space.bytes - 1), Math.max(0, Math.floor(placeAt(state.addresses, 1 - y / height)))),
  });
  // What is under a resting pointer changes with the zoom.
  useLayoutEffect(() => {
    if (pointer !== undefined && width > 0) model.point(at(pointer));
  }, [state.steps, state.addresses]);
  useFrame(() => {
    if (canvas.current !== null && width > 0)
      paintPicture(canvas.current, screen, { layers, marks, step: state.step, cursor: state.cursor });
  });

  const go = (at: Pointer, isDragging: boolean) => {
    const mark = isDragging ? undefined : markUnder(screen, marks, at.x, at.y);
    model.goTo(mark?.step ?? stepAtPlace(placeAt(state.steps, at.x / width), shown.summary.steps), { isDragging });
  };
  const onPointerDown = (event: PointerEvent & { readonly currentTarget: HTMLElement }) => {
    if (event.button > 1) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const place = pointOf(event);
    drag.current = event.shiftKey || event.button === 1 ? { kind: 'pan', ...place } : { kind: 'go' };
    if (drag.current.kind === 'go') go(place, true);
  };
  const onPointerMove = (event: PointerEvent) => {
    const place = pointOf(event);
    const { current } = drag;
    if (current === undefined) {
      setPointer(place);
      model.point(at(place));
    } else if (current.kind === 'go') go(place, true);
    else {
      model.pan((current.x - place.x) / width, (place.y - current.y) / height);
      drag.current = { kind: 'pan', ...place };
    }
  };
  const onPointerUp = (event: PointerEvent) => {
    if (drag.current?.kind === 'go') go(pointOf(event), false);
    drag.current = undefined;
  };
  const onWheel = (event: WheelEvent) => {
    event.preventDefault();
    const { x, y } = pointOf(event);
    const across = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
    if (!event.ctrlKey && !event.altKey && Math.abs(across) >= Math.abs(event.deltaY)) {
      model.pan(across / width, 0);
      return;
    }
    const factor = WHEEL_ZOOM ** wheelPixels(event, 16, height);
    if (!event.altKey) model.zoomSteps(factor, x / width);
    if (event.ctrlKey || event.altKey) model.zoomAddresses(factor, 1 - y / height);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!onKey(event, model, state, shown)) return;
    setPointer(undefined);
    consumeKey(event);
  };

  const ticks = addressTicks(state.addresses.start, state.addresses.start + state.addresses.length, height / TICK_DISTANCE);
  return (
    <div class="picture">
      <div class="ruler" aria-hidden="true">
        {ticks.map((address) => (
          <span key={address} style={{ bottom: `${100 * shareAt(state.addresses, address)}%` }}>
            {formatAddress(address)}
          </span>
        ))}
      </div>
      <div
        id="timeline-picture"
        class="field"
        data-pane
        data-vscode-context='{"preventDefaultContextMenuItems":true}'
        ref={field}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the picture is driven by keys.
        tabIndex={0}
        role="application"
        aria-roledescription="timeline"
        aria-label={`Addresses over time of ${shown.space.name}. Arrow keys move the cursor, Enter goes there, plus and minus zoom the steps, Alt with up and down the addresses, Escape shows everything.`}
        aria-describedby="timeline-summary"
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onLostPointerCapture={() => {
          drag.current = undefined;
        }}
        onPointerLeave={() => {
          setPointer(undefined);
          if (drag.current === undefined) model.point(undefined);
        }}
        onWheel={onWheel}
        onKeyDown={onKeyDown}
      >
        <canvas ref={canvas} />
        {layers.length === 0 && state.picture.error === undefined && (
          <p class="drawing quiet">Drawing {formatCount(shown.summary.steps)} steps…</p>
        )}
        {pointer !== undefined && width > 0 && (
          <Tip
            state={state}
            pointer={pointer}
            room={{ width, height }}
            cursor={at(pointer)}
            mark={markUnder(screen, marks, pointer.x, pointer.y)}
          />
        )}
      </div>
      <StepRuler model={model} state={state} steps={shown.summary.steps} width={width} />
      <p id="timeline-summary" class="announcement">
        {summaryText(state, shown)}
      </p>
    </div>
  );
}

/** Returns the pictures as pixels: the whole trace, and the visible part. Makes them again only when one of them changes. */
function useLayers({ overview, picture, highlighted }: TimelineState, { space }: Shown, look: Look): readonly Layer[] {
  const make = (latest: TimelineState['picture']) => {
    if (latest.shown === undefined) return [];
    const { params, result } = latest.shown;
    const index = result.kinds.findIndex(({ label }) => label === highlighted);
    return [layerOf(result, params, paletteOf(look, orderOf(space, params.colour), result.kinds), index < 0 ? undefined : index)];
  };
  const whole = useMemo(() => make(overview), [overview.shown, highlighted, look]);
  const visible = useMemo(() => make(picture), [picture.shown, highlighted, look]);
  return [...whole, ...visible];
}

function pointOf({ offsetX, offsetY }: MouseEvent): Pointer {
  return { x: offsetX, y: offsetY };
}

/** Executes a key. Returns false if it is none of the picture's keys. */
function onKey(event: KeyboardEvent, model: TimelineModel, state: TimelineState, shown: Shown): boolean {
  const { steps } = shown.summary;
  const step = state.cursor?.step ?? Math.max(1, state.step);
  const address = state.cursor?.address ?? Math.floor(placeAt(state.addresses, 0.5));
  const stepsBy = Math.max(1, Math.round(state.steps.length * CURSOR_SHARE));
  const bytesBy = Math.max(1, Math.round(state.addresses.length * CURSOR_SHARE));
  const anchor = clampShare(shareAt(state.steps, placeOfStep(step)));
  const height = clampShare(shareAt(state.addresses, address + 0.5));
  const move = (steps: number, bytes: number) =>
    event.shiftKey
      ? model.pan(Math.sign(steps) * KEY_PAN, Math.sign(bytes) * KEY_PAN)
      : model.moveCursor(step + steps, address + bytes);
  switch (event.key) {
    case 'ArrowLeft':
      move(-stepsBy, 0);
      return true;
    case 'ArrowRight':
      move(stepsBy, 0);
      return true;
    case 'ArrowUp':
      if (event.altKey) model.zoomAddresses(KEY_ZOOM, height);
      else move(0, bytesBy);
      return true;
    case 'ArrowDown':
      if (event.altKey) model.zoomAddresses(1 / KEY_ZOOM, height);
      else move(0, -bytesBy);
      return true;
    case 'Home':
      model.moveCursor(1, address);
      return true;
    case 'End':
      model.moveCursor(steps, address);
      return true;
    case '+':
    case '=':
      model.zoomSteps(KEY_ZOOM, anchor);
      return true;
    case '-':
      model.zoomSteps(1 / KEY_ZOOM, anchor);
      return true;
    case 'Enter':
      model.goTo(step);
      return true;
    case 'Escape':
      model.resetZoom();
      return true;
    default:
      return false;
  }
}

function clampShare(share: number): number {
  return Math.min(1, Math.max(0, share));
}

interface TipProps {
  readonly state: TimelineState;
  readonly pointer: Pointer;
  readonly room: { readonly width: number; readonly height: number };
  readonly cursor: Cursor;
  readonly mark: PictureMark | undefined;
}

/** Describes what is under the pointer, beside it. */
function Tip({ state, pointer, room, cursor, mark }: TipProps) {
  const { shown } = state.story;
  const story = shown?.params.step === cursor.step && shown.params.address === cursor.address ? shown.result.text : undefined;
  const right = pointer.x > room.width / 2;
  const below = pointer.y < room.height / 2;
  return (
    <div
      class={mark === undefined ? 'tip' : 'tip fault'}
      style={{
        ...(right ? { right: `${room.width - pointer.x + 14}px` } : { left: `${pointer.x + 14}px` }),
        ...(below ? { top: `${pointer.y + 14}px` } : { bottom: `${room.height - pointer.y + 14}px` }),
      }}
    >
      <span class="number">
        #{formatCount(cursor.step)} · {formatAddress(cursor.address ?? 0)}
      </span>
      <span>{mark?.message ?? story ?? '…'}</span>
    </div>
  );
}

/** Describes the picture in words, for screen readers. */
function summaryText(state: TimelineState, { summary, space }: Shown): string {
  const { count } = faultsOf(state);
  const kinds = state.picture.shown?.result.kinds.map(({ label }) => label).join(', ');
  return [
    `${formatCount(summary.steps)} steps, ${formatBytes(space.bytes)} of addresses.`,
    kinds === undefined || kinds === '' ? '' : `Colours: ${kinds}.`,
    count === 0 ? '' : `${formatCount(count)} ${count === 1 ? 'fault' : 'faults'}.`,
    `${stepName(state.step, summary)}. ${sentenceOf(state)?.text ?? ''}`,
  ].join(' ');
}
