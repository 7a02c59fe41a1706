import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { type Look, readLook } from './look.ts';
import { CellPainter } from './map/patterns.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size of an element, followed as it changes; undefined before it has been laid out. */
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

function currentLook(): Look {
  const style = getComputedStyle(document.documentElement);
  const isHighContrast = document.body.className.includes('high-contrast');
  return readLook((name) => style.getPropertyValue(`--vscode-${name}`).trim(), isHighContrast);
}

/** The theme's colours, read again when the user changes the theme: VS Code then sets the page's class and variables anew. */
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

/** Draws cells in the present theme, as sharp as the screen is. */
export function usePainter(look: Look): CellPainter {
  const density = window.devicePixelRatio;
  return useMemo(() => new CellPainter(look, density), [look, density]);
}

/** How far a turn of the wheel goes, in pixels, whatever the unit of the device. */
export function wheelPixels(event: WheelEvent, lineHeight: number, pageHeight: number): number {
  if (event.deltaMode === WheelEvent.DOM_DELTA_LINE) return event.deltaY * lineHeight;
  return event.deltaMode === WheelEvent.DOM_DELTA_PAGE ? event.deltaY * pageHeight : event.deltaY;
}

/** Keeps a key from the browser and from VS Code, which else would run the command that it is bound to. */
export function keep(event: KeyboardEvent): void {
  event.preventDefault();
  event.stopPropagation();
}
