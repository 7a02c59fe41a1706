import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { type Look, readLook } from './look.ts';
import { CellPainter } from './map/patterns.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Tracks the size of an element. Returns undefined before it is laid out. */
export function useSize<Kind extends HTMLElement>(): readonly [RefObject<Kind | null>, Size | undefined] {
  const ref = useRef<Kind>(null);
  const [size, setSize] = useState<Size>();
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, size];
}

/** Returns the state of a page's model. The component is drawn again with each change. */
export function useModelState<State>(model: {
  readonly state: State;
  subscribe(listener: (state: State) => void): () => void;
}): State {
  const [state, setState] = useState(model.state);
  useEffect(() => {
    setState(model.state);
    return model.subscribe(setState);
  }, [model]);
  return state;
}

function currentLook(): Look {
  const style = getComputedStyle(document.documentElement);
  const isHighContrast = document.body.className.includes('high-contrast');
  return readLook((name) => style.getPropertyValue(`--vscode-${name}`).trim(), isHighContrast);
}

/** Returns the theme's colours. Reads them again when the theme changes and VS Code updates the page's class and variables. */
export function useLook(): Look {
  const [look, setLook] = useState(currentLook);
  useEffect(() => {
    const observer = new MutationObserver(() => setLook(currentLook()));
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
    observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
    return () => observer.disconnect();
  }, []);
  return look;
}

/** Returns a painter for cells in the current theme at the screen's pixel density. */
export function usePainter(look: Look): CellPainter {
  const density = window.devicePixelRatio;
  return useMemo(() => new CellPainter(look, density), [look, density]);
}

/** Paints after every change, or those of `inputs`, at most once a frame: a wheel and the answer about its bytes often share one. */
export function useFrame(paint: () => void, inputs?: readonly unknown[]): void {
  useLayoutEffect(() => {
    const frame = requestAnimationFrame(paint);
    return () => cancelAnimationFrame(frame);
  }, inputs);
}

/** Returns the distance of a wheel event in pixels, whatever its unit. */
export function wheelPixels(event: WheelEvent, lineHeight: number, pageHeight: number): number {
  if (event.deltaMode === WheelEvent.DOM_DELTA_LINE) return event.deltaY * lineHeight;
  return event.deltaMode === WheelEvent.DOM_DELTA_PAGE ? event.deltaY * pageHeight : event.deltaY;
}

/** Prevents the browser and VS Code from handling a key, because VS Code would run the command bound to it. */
export function consumeKey(event: KeyboardEvent): void {
  event.preventDefault();
  event.stopPropagation();
}
