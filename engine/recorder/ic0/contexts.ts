/** The kinds of running code. The kind decides which imports may be called (Internet Computer interface specification, "Overview of imports"). */
export type Context =
  | 'start'
  | 'init'
  | 'pre-upgrade'
  | 'update'
  | 'replicated-query'
  | 'query'
  | 'composite-query'
  | 'reply'
  | 'reject'
  | 'composite-reply'
  | 'composite-reject'
  | 'cleanup'
  | 'composite-cleanup'
  | 'inspect'
  | 'system-task';

const REPLICATED = ['init', 'pre-upgrade', 'update', 'replicated-query', 'reply', 'reject', 'cleanup', 'system-task'] as const;
const CALLBACKS = ['reply', 'reject', 'composite-reply', 'composite-reject'] as const;
const METHODS = ['update', 'replicated-query', 'query', 'composite-query'] as const;
const CLEANUPS = ['cleanup', 'composite-cleanup'] as const;

/** Contexts by what is allowed in them. */
export const IN = {
  anything: new Set<Context>([...REPLICATED, ...CALLBACKS, ...METHODS, 'composite-cleanup', 'inspect', 'start']),
  /** Everything but the start function, which belongs to no message. */
  messages: new Set<Context>([...REPLICATED, ...CALLBACKS, ...METHODS, 'composite-cleanup', 'inspect']),
  /** Code that a caller has called. */
  called: new Set<Context>([...METHODS, ...CALLBACKS, ...CLEANUPS, 'inspect']),
  /** Code that runs on all nodes of a subnet. */
  replicated: new Set<Context>([...REPLICATED, 'start']),
  withArgument: new Set<Context>(['init', ...METHODS, 'reply', 'composite-reply', 'inspect']),
  responding: new Set<Context>([...METHODS, ...CALLBACKS]),
  callbacks: new Set<Context>([...CALLBACKS, 'cleanup']),
  rejections: new Set<Context>(['reject', 'composite-reject']),
  withCycles: new Set<Context>(['update', 'replicated-query', 'reply', 'reject']),
  refunding: new Set<Context>(['reply', 'reject']),
  burning: new Set<Context>(REPLICATED),
  calling: new Set<Context>(['update', 'composite-query', ...CALLBACKS, 'system-task']),
  paying: new Set<Context>(['update', 'reply', 'reject', 'system-task']),
  inspecting: new Set<Context>(['inspect']),
  certifying: new Set<Context>(['init', 'pre-upgrade', 'update', 'reply', 'reject', 'system-task']),
  certified: new Set<Context>(['query', 'composite-query']),
  timing: new Set<Context>(['init', 'pre-upgrade', 'update', 'reply', 'reject', 'cleanup', 'system-task']),
} as const;

const NAMES: Readonly<Partial<Record<Context, string>>> = {
  start: 'the start function',
  init: 'canister_init or canister_post_upgrade',
  'pre-upgrade': 'canister_pre_upgrade',
  inspect: 'canister_inspect_message',
  'system-task': 'a timer or heartbeat',
  cleanup: 'a cleanup callback',
  'composite-cleanup': 'a cleanup callback',
};

/** Returns the words for a context in a sentence. */
export function contextName(context: Context): string {
  return (
    NAMES[context] ??
    `a ${context.replaceAll('-', ' ')}${context.endsWith('reply') || context.endsWith('reject') ? ' callback' : ''}`
  );
}
