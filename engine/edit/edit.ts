/** A change of one element, with the operations of its structure. Keys and values are in encoded form. */
export type Edit =
  /** Another value for an entry, an item, or a Cell. `key` for maps and sets, `index` for structures that number their elements. */
  | { readonly kind: 'set'; readonly key?: Uint8Array; readonly index?: number; readonly value: Uint8Array }
  /** A new entry of a map or set, or a new last item or entry. */
  | { readonly kind: 'insert'; readonly key?: Uint8Array; readonly value?: Uint8Array }
  | { readonly kind: 'remove'; readonly key?: Uint8Array; readonly index?: number }
  /** Another bound for the size of items. */
  | { readonly kind: 'bound'; readonly max: number };

export type EditKind = Edit['kind'];

/** The element before and after an edit. */
export interface EditedElement {
  readonly key?: Uint8Array;
  readonly index?: number;
  readonly before?: Uint8Array;
  readonly after?: Uint8Array;
}
