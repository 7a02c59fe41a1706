import type { FunctionComponent, VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { MAP_PLACE, type StateBesideMap } from './state/state.ts';

const IGNORED: ReadonlySet<string> = new Set(MAP_PLACE);

interface Drawn<Props> {
  readonly props: Props;
  readonly view: VNode;
}

/** Returns a pane that is not drawn again while the map is only scrolled or zoomed, which would take most of the time of a frame. */
export function besideMap<Props extends { readonly state: StateBesideMap }>(
  Pane: FunctionComponent<Props>,
): FunctionComponent<Props> {
  return (props) => {
    const drawn = useRef<Drawn<Props>>(null);
    const before = drawn.current;
    if (before !== null && isSame(before.props, props)) return before.view;
    const view = <Pane {...props} />;
    drawn.current = { props, view };
    return view;
  };
}

function isSame<Props extends { readonly state: StateBesideMap }>(
  { state: before, ...propsBefore }: Props,
  { state, ...props }: Props,
): boolean {
  return areEqual(propsBefore, props) && areEqual(before, state);
}

function areEqual<Values extends object>(one: Values, other: Values): boolean {
  for (const name in one) if (!IGNORED.has(name) && one[name] !== other[name]) return false;
  return true;
}
