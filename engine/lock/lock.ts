/**
 * A layout lock: what a canister's stable memory looked like, as a file in its repository that later snapshots are checked
 * against. `docs/lock.md` describes the file.
 */
export const LOCK_SCHEMA = 'stable-memory/lock/1';

/**
 * States in the life of a memory, region or stable variable. `live`: in use. `deprecated`: still read, but not changed any more.
 * `retired`: must hold nothing, and its id is not used again.
 */
export const LIFE_STATES = ['live', 'deprecated', 'retired'] as const;

type LifeState = (typeof LIFE_STATES)[number];

/** Fields that a person writes, and that an update keeps. */
interface OfPerson {
  readonly state: LifeState;
  readonly note?: string;
}

/** A memory, a region, or stable memory without a manager. Fields that do not apply are left out. */
export interface LockedSpace extends OfPerson {
  /** Its name in the labels or the program. It is not compared. */
  readonly name?: string;
  /** Kind of the structure or file in it; `unknown` for bytes of no known structure. Left out if it is empty. */
  readonly structure?: string;
  /** Part in a structure over several spaces: `data`, `blobs`, … and the space that leads the structure. */
  readonly role?: string;
  readonly of?: string;
  /** Layout version. */
  readonly version?: number;
  /** Bytes of a page of a map. It follows from the bounds of keys and values. */
  readonly pageSize?: number;
  /** Maximum bytes of a key and of a value, where they are stored or the declared type limits them. */
  readonly maxKeySize?: number;
  readonly maxValueSize?: number;
  /** Bytes of every key; 0 if keys have different sizes. */
  readonly fixedKeySize?: number;
  /** True if every item of a Vec or MinHeap has the maximum size. */
  readonly fixedValueSize?: boolean;
  /** Declared type of the keys and values, as the name of a codec. */
  readonly key?: string;
  readonly value?: string;
  /** The same as their bytes suggest it, where nobody declared it. */
  readonly keyGuess?: string;
  readonly valueGuess?: string;
  /** True if values of a map are empty, as those of a set are. */
  readonly emptyValues?: boolean;
  /** Order of the keys or items. */
  readonly order?: string;
  /** True if the structure has elements. */
  readonly holds?: boolean;
  /** True if it has chunks from before it was cleared. */
  readonly cleared?: boolean;
  /** SHA-256 of the elements, if it is deprecated. */
  readonly digest?: string;
}

/** A stable variable of a Motoko program. */
export interface LockedVariable extends OfPerson {
  /** Its type, with `var` before it if the variable is mutable. Left out if it is not known. */
  readonly type?: string;
  /** SHA-256 of its value as text, if it is deprecated. */
  readonly digest?: string;
}

export interface LockedManager {
  readonly version: number;
  /** Pages of a bucket, of managers that divide memory into buckets. */
  readonly bucketPages?: number;
}

export interface LayoutLock {
  /** Name of the layout of the whole image, as in `inspect --json`. */
  readonly layout: string;
  /** By part id: `manager`, `image@1/manager`. */
  readonly managers: ReadonlyMap<string, LockedManager>;
  /** By part id: `memory/3`, `region/16`, `image`, `image@1/memory/3`. */
  readonly spaces: ReadonlyMap<string, LockedSpace>;
  readonly variables: ReadonlyMap<string, LockedVariable>;
  /** Definitions that the types of the variables refer to, by their left sides: `List<T>`. */
  readonly types: ReadonlyMap<string, string>;
}
