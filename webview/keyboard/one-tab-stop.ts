import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { consumeKey } from '../hooks.ts';

const ITEMS = 'button, summary, input';
/** Items of which one is always chosen: moving to one chooses it. */
const CHOICES = '[role="radio"], [role="tab"]';
const CHOSEN = '[aria-checked="true"], [aria-selected="true"]';

const MOVES: Readonly<Record<string, -1 | 1 | 'first' | 'last'>> = {
  ArrowLeft: -1,
  ArrowUp: -1,
  ArrowRight: 1,
  ArrowDown: 1,
  Home: 'first',
  End: 'last',
};

interface Keys {
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onFocusIn: (event: FocusEvent) => void;
}

/**
 * Makes all buttons in an element one tab stop, however many they are: the arrow keys, Home and End move among them. Returns the
 * element's handlers. The buttons have no `tabIndex` of their own.
 */
export function useOneTabStop(group: RefObject<HTMLElement | null>): Keys {
  const current = useRef<HTMLElement | undefined>(undefined);
  const stopAt = (items: readonly HTMLElement[], stop: HTMLElement | undefined) => {
    current.current = stop;
    for (const item of items) item.tabIndex = item === stop ? 0 : -1;
  };
  useLayoutEffect(() => {
    const items = itemsIn(group.current);
    const chosen = items.find((item) => item.matches(CHOICES) && item.matches(CHOSEN));
    stopAt(items, chosen ?? items.find((item) => item === current.current) ?? items[0]);
  });
  return {
    onFocusIn: ({ target }) => {
      const items = itemsIn(group.current);
      if (target instanceof HTMLElement && items.includes(target)) stopAt(items, target);
    },
    onKeyDown: (event) => {
      const move = event.altKey || event.ctrlKey || event.metaKey || event.shiftKey ? undefined : MOVES[event.key];
      if (move === undefined) return;
      const { target } = event;
      const items = itemsIn(group.current).filter((item) => item.checkVisibility());
      const at = target instanceof HTMLElement ? items.indexOf(target) : -1;
      if (at < 0) return;
      consumeKey(event);
      const next = items[placeAfter(move, at, items)];
      next?.focus();
      if (next?.matches(CHOICES)) next.click();
    },
  };
}

/** Returns the place of the item that a key moves to. Choices go round; other lists end. */
function placeAfter(move: (typeof MOVES)[string], at: number, items: readonly HTMLElement[]): number {
  const last = items.length - 1;
  if (move === 'first') return 0;
  if (move === 'last') return last;
  const next = at + move;
  if (items[at]?.matches(CHOICES)) return (next + items.length) % items.length;
  return Math.min(Math.max(0, next), last);
}

function itemsIn(group: HTMLElement | null): readonly HTMLElement[] {
  return [...(group?.querySelectorAll<HTMLElement>(ITEMS) ?? [])].filter((item) => !item.matches(':disabled'));
}
