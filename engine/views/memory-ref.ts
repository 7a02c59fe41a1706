/** The source of a memory: a snapshot (folder or file), or the step of a trace that a debug session is at. */
export type MemoryRef =
  | { readonly kind: 'snapshot'; readonly path: string }
  | { readonly kind: 'step'; readonly session: string };
