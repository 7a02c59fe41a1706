import type { Instance } from './instance.ts';
import { toOriginalIndex } from './instrument/names.ts';
import type { PreparedModule } from './prepared-module.ts';
import type { Recording } from './recording.ts';

/** Maximum functions of a stack that are kept, from the innermost outwards. */
const MAX_FUNCTIONS = 200;

/** Runs code whose errors have whole stacks. The number of functions in a stack is a setting of V8's own. */
export function withWholeStacks<T>(run: () => T): T {
  const before: unknown = Reflect.get(Error, 'stackTraceLimit');
  Reflect.set(Error, 'stackTraceLimit', MAX_FUNCTIONS);
  try {
    return run();
  } finally {
    Reflect.set(Error, 'stackTraceLimit', before);
  }
}

/**
 * Finds out which of the canister's functions a call of the system comes from. To ask the platform takes microseconds, so it is
 * asked once for each path of calls. The instrumented code keeps a number of the path.
 */
export class CallStacks {
  readonly #recording: Recording;
  /** Numbers of stacks in the recording, by module and path. */
  readonly #known = new WeakMap<PreparedModule, Map<unknown, number>>();

  constructor(recording: Recording) {
    this.#recording = recording;
  }

  /** Returns the number of the running stack. Must be called in an import of the instance, within `withWholeStacks`. */
  current(instance: Instance): number {
    const { module, path } = instance;
    let ofModule = this.#known.get(module);
    if (!ofModule) {
      ofModule = new Map();
      this.#known.set(module, ofModule);
    }
    const known = ofModule.get(path);
    if (known !== undefined) return known;
    const stack = this.#recording.stackOf(functionsIn(new Error(), module));
    ofModule.set(path, stack);
    return stack;
  }
}

/** Returns the names of the canister's functions in an error's stack, outermost first. */
export function functionsIn({ stack = '' }: Error, { info, functionNames }: PreparedModule): readonly string[] {
  const names: string[] = [];
  for (const [, index] of stack.matchAll(/wasm-function\[(\d+)\]/g)) {
    const original = toOriginalIndex(info, Number(index));
    if (original !== undefined) names.push(functionNames.get(original) ?? `function ${original}`);
  }
  return names.reverse();
}
