/** A value of JSON, CBOR or MessagePack as JSON has it, with the byte at which each part of it begins. */
export interface Item {
  readonly start: number;
  /** A text, number, boolean or null; an array or object of such. */
  readonly value: unknown;
  readonly items?: readonly Item[];
  readonly members?: ReadonlyMap<string, Item>;
}

/** An item that takes all of the bytes, or a sentence and the byte at which it fails. */
export type ItemReading = { readonly item: Item; readonly problem?: never } | { readonly problem: string; readonly at: number };

type Kind = 'array' | 'map' | 'tag';

interface Open {
  readonly kind: Kind;
  readonly start: number;
  readonly items: Item[];
  readonly members: Map<string, Item>;
  /** The key whose value is next. */
  key: Item | undefined;
}

/** A builder of items, front to back. */
export class ItemTree {
  readonly #open: Open[] = [];
  /** The whole value, once it is complete. */
  root: Item | undefined;

  get depth(): number {
    return this.#open.length;
  }

  open(kind: Kind, start: number): void {
    this.#open.push({ kind, start, items: [], members: new Map(), key: undefined });
  }

  close(): void {
    const open = this.#open.pop();
    if (open === undefined) return;
    const { kind, start, items, members } = open;
    if (kind === 'array') this.#add({ start, value: items.map(({ value }) => value), items });
    else if (kind === 'map') this.#add({ start, value: objectOf(members), members });
    else for (const item of items) this.#add({ ...item, start });
  }

  leaf(start: number, value: unknown): void {
    this.#add({ start, value });
  }

  #add(item: Item): void {
    const open = this.#open.at(-1);
    if (open === undefined) this.root = item;
    else if (open.kind !== 'map') open.items.push(item);
    else if (open.key === undefined) open.key = item;
    else {
      const { value } = open.key;
      open.members.set(typeof value === 'object' ? JSON.stringify(value) : String(value), item);
      open.key = undefined;
    }
  }
}

function objectOf(members: ReadonlyMap<string, Item>): object {
  // With a prototype, a key such as __proto__ would set it.
  const object: Record<string, unknown> = Object.create(null);
  for (const [key, { value }] of members) object[key] = value;
  return object;
}

/** Returns the part of an item that a path of keys leads to, or the last one on its way that is there. */
export function itemAt(root: Item, path: readonly string[]): Item {
  let item = root;
  for (const key of path) {
    const next = item.members?.get(key) ?? item.items?.[Number(key)];
    if (next === undefined) return item;
    item = next;
  }
  return item;
}

/** Returns a path of keys as people read it: `.users[3].name`. */
export function pathText(root: Item, path: readonly string[]): string {
  let item: Item | undefined = root;
  let text = '';
  for (const key of path) {
    const isIndex = item?.items !== undefined;
    text += isIndex ? `[${key}]` : `.${/^[A-Za-z_]\w*$/.test(key) ? key : JSON.stringify(key)}`;
    item = item?.members?.get(key) ?? item?.items?.[Number(key)];
  }
  return text;
}
