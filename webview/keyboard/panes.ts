/**
 * The keyboard's way through the panes of a page. An element with `data-pane` takes the focus of its pane. One with `data-pane="first"` has
 * it when the page opens, otherwise the first one has.
 *
 * F6 goes to the next pane and Shift+F6 to the one before, round and round: VS Code's own F6 does not leave a page.
 */
import { consumeKey } from '../hooks.ts';

const PANE = '[data-pane]';

/** Lets F6 move from pane to pane, and keeps the focus in a pane when the element that has it goes away. */
export function keepPanes(root: HTMLElement): void {
  // What has the focus and everything around it, from the inside out. Nothing after a click beside everything that takes the focus.
  let focused: readonly Element[] = [root];
  const isLost = () => document.activeElement === document.body || document.activeElement === null;
  const restore = () => {
    if (!document.hasFocus() || !isLost()) return;
    const around = focused.filter((element) => element.isConnected);
    around
      .map(paneIn)
      .find((pane) => pane !== undefined)
      ?.focus();
  };
  document.addEventListener('focusin', ({ target }) => {
    focused = target instanceof Element ? ancestors(target) : [root];
  });
  document.addEventListener('pointerdown', () => {
    focused = [];
  });
  // VS Code gives the focus to the page as a whole.
  window.addEventListener('focus', () => {
    if (focused.length === 0) focused = [root];
    restore();
  });
  new MutationObserver(restore).observe(root, { childList: true, subtree: true });
  document.body.addEventListener('keydown', (event) => {
    if (event.key !== 'F6' || event.altKey || event.ctrlKey || event.metaKey) return;
    consumeKey(event);
    const next = event.shiftKey ? paneBefore(document.activeElement) : paneAfter(document.activeElement);
    next?.focus();
  });
}

const panes = (): readonly HTMLElement[] => [...document.querySelectorAll<HTMLElement>(PANE)];

function paneAfter(element: Element | null): HTMLElement | undefined {
  return panes().find((pane) => element === null || isBefore(element, pane)) ?? panes()[0];
}

function paneBefore(element: Element | null): HTMLElement | undefined {
  return panes().findLast((pane) => element !== null && !pane.contains(element) && isBefore(pane, element)) ?? panes().at(-1);
}

/** Returns true if an element begins before another in the page. */
function isBefore(element: Element, other: Element): boolean {
  return (element.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
}

function paneIn(element: Element): HTMLElement | undefined {
  const inside = panes().filter((pane) => element.contains(pane));
  return inside.find((pane) => pane.dataset['pane'] === 'first') ?? inside[0];
}

function ancestors(element: Element): readonly Element[] {
  const { parentElement } = element;
  return parentElement === null ? [element] : [element, ...ancestors(parentElement)];
}
