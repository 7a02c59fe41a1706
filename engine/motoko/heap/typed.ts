import { Budget } from '../../core/budget.ts';
import { at } from '../../core/memory/memory.ts';
import {
  type BoundType,
  type PrimitiveName,
  resolve,
  type StableSignature,
  type TypeField,
  UNKNOWN,
  within,
} from '../signature/types.ts';
import type { BytesKind, Heap, HeapObject, Slots } from './layout.ts';
import { heapHash } from './names.ts';
import { scalarIn, taggedScalar } from './scalars.ts';

/** A word on the heap, and the type of its value. */
export interface TypedWord {
  readonly word: bigint;
  readonly type: BoundType;
}

/** An item of an array or tuple, or a field of a record with its name. */
export interface Item {
  readonly name: string | undefined;
  readonly value: TypedWord;
}

/** A value, one level deep. Values inside it are read on demand. */
export type Shape =
  | { readonly kind: 'number'; readonly value: bigint }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'char'; readonly value: bigint }
  /** A value that is shown as one word: `null`, `true`, `()`, `region 16`. */
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'bytes'; readonly of: BytesKind; readonly object: HeapObject & { readonly kind: 'bytes' } }
  /** A text in parts. */
  | { readonly kind: 'rope'; readonly object: HeapObject & { readonly kind: 'concatenation' } }
  | { readonly kind: 'function'; readonly actor: TypedWord; readonly method: TypedWord }
  | { readonly kind: 'option' | 'weak'; readonly inner: TypedWord }
  | { readonly kind: 'tag'; readonly name: string; readonly inner: TypedWord | undefined }
  | { readonly kind: 'array' | 'tuple' | 'record'; readonly count: number; items(from: number, to: number): readonly Item[] }
  /** A chain of pairs, `type List<T> = ?(T, List<T>)`, shown as its items. */
  | { readonly kind: 'list'; readonly first: TypedWord }
  /** Not a value of its type, or of a type whose values cannot be read. */
  | { readonly kind: 'unread' };

const UNREAD: Shape = { kind: 'unread' };
const ENHANCED_NULL = 2n ** 64n - 5n;
/** Maximum nesting of types that add nothing to the value: `??…`. */
const MAX_LAYERS = 64;

/** Reads a heap by the types of its program. Values that do not fit their type are not read. */
export class TypedHeap {
  readonly heap: Heap;
  readonly #signature: StableSignature;

  constructor(heap: Heap, signature: StableSignature) {
    this.heap = heap;
    this.#signature = signature;
  }

  /** Returns the object that a word points to. */
  object(word: bigint): HeapObject | undefined {
    const to = this.heap.pointer(word);
    return to === undefined ? undefined : this.heap.object(to);
  }

  /** Returns the value of a mutable variable; any other word as it is. */
  contentOf(word: bigint): bigint {
    const object = this.object(word);
    return object?.kind === 'mutable' ? (this.heap.wholeWord(object.slots.start) ?? word) : word;
  }

  shape({ word, type }: TypedWord): Shape {
    const resolved = resolve(this.#signature, type);
    const { type: own } = resolved;
    switch (own.kind) {
      case 'primitive':
        return this.#primitive(word, own.name);
      case 'option':
        return this.#option(word, resolved, within(resolved, own.of));
      case 'weak': {
        const object = this.object(word);
        return object?.kind === 'weak' ? { kind: 'weak', inner: this.#first(object.slots, within(resolved, own.of)) } : UNREAD;
      }
      case 'array': {
        const object = this.object(word);
        const item = within(resolved, own.of);
        return object?.kind === 'array' ? this.#items('array', object.slots, () => ({ name: undefined, type: item })) : UNREAD;
      }
      case 'tuple': {
        // There is only one such value, whatever the word is.
        if (own.items.length === 0) return { kind: 'word', text: '()' };
        const object = this.object(word);
        if (object?.kind !== 'tuple' || object.slots.count !== own.items.length) return UNREAD;
        return this.#items('tuple', object.slots, (index) => ({
          name: undefined,
          type: within(resolved, own.items[index] ?? { kind: 'unknown' }),
        }));
      }
      case 'record':
      case 'variant':
      case 'joined': {
        const { kind, fields } = this.#fieldsOf(resolved);
        return kind === 'record' ? this.#record(word, fields) : this.#variant(word, fields);
      }
      case 'function': {
        const object = this.object(word);
        if (object?.kind !== 'function' || object.slots.count !== 2) return UNREAD;
        const [actor, method] = [0, 1].map((index) => this.#word(object.slots, index));
        if (actor === undefined || method === undefined) return UNREAD;
        return { kind: 'function', actor: { word: actor, type: UNKNOWN }, method: { word: method, type: UNKNOWN } };
      }
      case 'actor':
        return this.#bytes(word, ['actor', 'principal']);
      default:
        return this.#untyped(word);
    }
  }

  /** Yields the items of a list, as far as the budget allows: damage can make a ring. Without a budget the caller has to stop. */
  *listItems(first: TypedWord, budget = new Budget()): Generator<Item> {
    for (let pair = this.#pairOf(first); pair !== undefined; pair = budget.spend() ? this.#pairOf(pair.rest) : undefined)
      yield { name: undefined, value: pair.item };
  }

  /** Counts the items of a list, as far as the budget allows. */
  lengthOf(first: TypedWord, budget: Budget): { readonly count: number; readonly whole: boolean } {
    let count = 0;
    for (const _ of this.listItems(first, budget)) count += 1;
    return { count, whole: budget.cutShort === undefined };
  }

  /** Returns the first item of a list and the rest of it, or undefined if the list ends. */
  #pairOf({ word, type }: TypedWord): { readonly item: TypedWord; readonly rest: TypedWord } | undefined {
    const list = resolve(this.#signature, type);
    if (list.type.kind !== 'option') return undefined;
    const pair = resolve(this.#signature, within(list, list.type.of));
    const object = this.object(word);
    if (pair.type.kind !== 'tuple' || object?.kind !== 'tuple' || object.slots.count !== 2) return undefined;
    const [item, rest] = pair.type.items;
    const [first, second] = [0, 1].map((index) => this.#word(object.slots, index));
    if (item === undefined || rest === undefined || first === undefined || second === undefined) return undefined;
    return { item: { word: first, type: within(pair, item) }, rest: { word: second, type: within(pair, rest) } };
  }

  isNull(word: bigint): boolean {
    return this.heap.form.persistence === 'enhanced' ? word === ENHANCED_NULL : this.object(word)?.kind === 'null';
  }

  #option(word: bigint, option: BoundType, inner: BoundType): Shape {
    if (this.isNull(word)) return { kind: 'word', text: 'null' };
    if (this.#isList(option, inner)) return { kind: 'list', first: { word, type: option } };
    const object = this.object(word);
    return { kind: 'option', inner: object?.kind === 'option' ? this.#first(object.slots, inner) : { word, type: inner } };
  }

  /** Returns whether an option is a list: an option of a pair whose second item is the same option. */
  #isList({ type }: BoundType, inner: BoundType): boolean {
    const pair = resolve(this.#signature, inner);
    if (pair.type.kind !== 'tuple' || pair.type.items.length !== 2) return false;
    const [, last] = pair.type.items;
    if (last === undefined) return false;
    const rest = resolve(this.#signature, within(pair, last));
    if (rest.type === type) return true;
    // The signature writes out a variable's own type, so its list is another body of the same form.
    const restPair = rest.type.kind === 'option' ? resolve(this.#signature, within(rest, rest.type.of)) : undefined;
    const restLast = restPair?.type.kind === 'tuple' && restPair.type.items.length === 2 ? restPair.type.items[1] : undefined;
    return (
      restPair !== undefined && restLast !== undefined && resolve(this.#signature, within(restPair, restLast)).type === rest.type
    );
  }

  #primitive(word: bigint, name: PrimitiveName): Shape {
    switch (name) {
      case 'Null':
        return this.isNull(word) ? { kind: 'word', text: 'null' } : UNREAD;
      case 'Bool':
        return word === 0n || word === 1n ? { kind: 'word', text: String(word === 1n) } : UNREAD;
      case 'Text': {
        const object = this.object(word);
        return object?.kind === 'concatenation' ? { kind: 'rope', object } : this.#bytes(word, ['text']);
      }
      case 'Blob':
        return this.#bytes(word, ['blob']);
      case 'Principal':
        return this.#bytes(word, ['principal', 'actor']);
      case 'Float': {
        const object = this.object(word);
        return object?.kind === 'float' ? { kind: 'float', value: object.value } : UNREAD;
      }
      case 'Region': {
        const object = this.object(word);
        return object?.kind === 'region' ? { kind: 'word', text: `region ${object.id}` } : UNREAD;
      }
      case 'Any':
      case 'None':
      case 'Error':
        return this.#untyped(word);
      default: {
        const object = this.object(word);
        const value = object?.kind === 'number' ? object.value : scalarIn(word, name, this.heap.form);
        if (value === undefined) return UNREAD;
        return { kind: name === 'Char' ? 'char' : 'number', value };
      }
    }
  }

  #bytes(word: bigint, kinds: readonly BytesKind[]): Shape {
    const object = this.object(word);
    return object?.kind === 'bytes' && kinds.includes(object.of) ? { kind: 'bytes', of: object.of, object } : UNREAD;
  }

  #record(word: bigint, fields: ReadonlyMap<TypeField, BoundType>): Shape {
    const object = this.object(word);
    if (object?.kind !== 'record') return UNREAD;
    const { hashes, slots } = object;
    const places = [...fields].map(([field, type]) => ({ field, type, index: hashes.indexOf(heapHash(field.name)) }));
    if (places.some(({ index }) => index < 0)) return UNREAD;
    return {
      kind: 'record',
      count: places.length,
      items: (from, to) =>
        places.slice(from, to).flatMap(({ field, type, index }) => {
          const own = this.#word(slots, index);
          if (own === undefined) return [];
          return [{ name: field.name, value: { word: field.mutable ? this.contentOf(own) : own, type } }];
        }),
    };
  }

  #variant(word: bigint, tags: ReadonlyMap<TypeField, BoundType>): Shape {
    const object = this.object(word);
    if (object?.kind !== 'variant') return UNREAD;
    const found = [...tags].find(([{ name }]) => heapHash(name) === object.hash);
    if (found === undefined) return UNREAD;
    const [{ name }, type] = found;
    const resolved = resolve(this.#signature, type).type;
    const isBare = resolved.kind === 'tuple' && resolved.items.length === 0;
    return { kind: 'tag', name, inner: isBare ? undefined : this.#first(object.slots, type) };
  }

  /** Returns the fields of a record, or the tags of a variant, of all its parts, in their order. */
  #fieldsOf(bound: BoundType): { readonly kind: 'record' | 'variant'; readonly fields: ReadonlyMap<TypeField, BoundType> } {
    const fields = new Map<TypeField, BoundType>();
    let kind: 'record' | 'variant' = 'record';
    const open = [bound];
    for (let parts = 0; parts < MAX_LAYERS; parts++) {
      const next = open.pop();
      if (next === undefined) break;
      const part = resolve(this.#signature, next);
      if (part.type.kind === 'joined') open.push(...part.type.parts.map((type) => within(part, type)));
      else if (part.type.kind === 'record' || part.type.kind === 'variant') {
        kind = part.type.kind;
        for (const field of part.type.fields) fields.set(field, within(part, field.type));
      }
    }
    return { kind, fields };
  }

  /** Reads a value whose type only the heap itself shows. */
  #untyped(word: bigint): Shape {
    if (this.isNull(word)) return { kind: 'word', text: 'null' };
    const object = this.object(word);
    switch (object?.kind) {
      case 'bytes':
        return { kind: 'bytes', of: object.of, object };
      case 'concatenation':
        return { kind: 'rope', object };
      case 'number':
        return { kind: 'number', value: object.value };
      case 'float':
        return { kind: 'float', value: object.value };
      case 'region':
        return { kind: 'word', text: `region ${object.id}` };
      case 'option':
        return { kind: 'option', inner: this.#first(object.slots, UNKNOWN) };
      case 'array':
      case 'tuple':
        return this.#items(object.kind, object.slots, () => ({ name: undefined, type: UNKNOWN }));
      case undefined: {
        const scalar = taggedScalar(word, this.heap.form);
        if (scalar === undefined) return UNREAD;
        return this.#primitive(word, scalar.type);
      }
      default:
        return UNREAD;
    }
  }

  #items(
    kind: 'array' | 'tuple',
    slots: Slots,
    of: (index: number) => { readonly name: string | undefined; readonly type: BoundType },
  ): Shape {
    return {
      kind,
      count: slots.count,
      items: (from, to) =>
        Array.from({ length: Math.max(0, Math.min(to, slots.count) - from) }, (_, step) => {
          const { name, type } = of(from + step);
          return { name, value: { word: this.#word(slots, from + step) ?? 0n, type } };
        }),
    };
  }

  #first(slots: Slots, type: BoundType): TypedWord {
    return { word: this.#word(slots, 0) ?? 0n, type };
  }

  #word({ start, count }: Slots, index: number): bigint | undefined {
    return index < count ? this.heap.wholeWord(at(start, index * this.heap.form.wordBytes)) : undefined;
  }
}
