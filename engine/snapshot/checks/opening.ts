import type { RecognisedKind } from '../../rust/recognise.ts';

/** Names of structures by the kind of their headers, for people. */
export const STORED_NAMES: Readonly<Record<RecognisedKind, string>> = {
  btreemap: 'BTreeMap',
  vec: 'Vec',
  minheap: 'MinHeap',
  cell: 'Cell',
  log: "Log's index",
  'log-data': "Log's data",
};

/** Consequences of opening a memory as a structure of the kind. */
export const OPENING: Readonly<Record<RecognisedKind, string>> = {
  btreemap: 'Opening it with BTreeMap::init would start an empty map over it',
  vec: 'Opening it with Vec::init would trap',
  minheap: 'Opening it with MinHeap::init would trap',
  cell: 'Opening it with Cell::init would write the default value over it',
  log: 'Opening it with Log::init would trap, or start an empty log where the data is lost too',
  'log-data': 'Opening it with Log::init would start an empty log over it',
};
