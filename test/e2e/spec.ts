import type { Debugging } from './debugging.ts';
import type { Workbench } from './workbench.ts';

/** What a spec works with. */
export interface Scene {
  /** A fresh window on the sample workspace. */
  readonly workbench: Workbench;
  readonly debugging: Debugging;
  /** One thing to see; it counts as one test. When it fails, a picture is taken and the rest of the spec is left out. */
  readonly step: (name: string, body: () => Promise<void>) => Promise<void>;
}

/** A story told in one window. */
export interface Spec {
  readonly name: string;
  /** User settings that the window opens with. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly run: (scene: Scene) => Promise<void>;
}
