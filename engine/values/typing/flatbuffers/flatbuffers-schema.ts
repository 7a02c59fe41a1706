/** Types of a FlatBuffers schema, as far as the bytes of values depend on them. Scalars and structs are in place, all else is elsewhere. */
export type FlatType =
  /** `align` is the number of bytes of which its address must be a multiple. */
  | { readonly kind: 'inline'; readonly size: number; readonly align: number }
  | { readonly kind: 'string' }
  | { readonly kind: 'table'; readonly name: string }
  /** The value of a union. The field before it says which type it has. */
  | { readonly kind: 'union'; readonly name: string }
  | { readonly kind: 'vector'; readonly of: FlatType };

export interface FlatField {
  readonly name: string;
  /** Position in the table's list of fields. */
  readonly id: number;
  readonly type: FlatType;
  readonly required: boolean;
}

/** Types of a union's values by their numbers. */
export type FlatUnion = ReadonlyMap<number, FlatType & { readonly kind: 'inline' | 'string' | 'table' }>;

export interface FlatSchema {
  readonly tables: ReadonlyMap<string, readonly FlatField[]>;
  readonly unions: ReadonlyMap<string, FlatUnion>;
  /** Name of the table that values have. */
  readonly root: string | undefined;
}

/** Returns the name of a table: the given one, or the only one that ends so. */
export function tableNamed({ tables }: FlatSchema, name: string): string | undefined {
  if (tables.has(name)) return name;
  const [only, ...others] = [...tables.keys()].filter((one) => one.endsWith(`.${name}`));
  return others.length === 0 ? only : undefined;
}
