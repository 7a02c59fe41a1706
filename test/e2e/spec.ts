import type { Debugging } from './debugging.ts';
import type { Workbench } from './workbench.ts';

/** The tools of a spec. */
export interface Scene {
  /** A fresh window on the sample workspace. */
  readonly workbench: Workbench;
  readonly debugging: Debugging;
  /** Runs one check, which counts as one test. If it fails, a picture is taken and the rest of the spec is skipped. */
  readonly step: (name: string, body: () => Promise<void>) => Promise<void>;
}

/** A sequence of checks in one window. */
export interface Spec {
  readonly name: string;
  /** True if the spec takes minutes. Then it is run only if `--spec` has its whole name. */
  readonly onlyByName?: true;
  /** Prepares the files of the workspace, before the window opens. */
  readonly prepare?: (workspace: string) => void;
  /** User settings that the window opens with. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly run: (scene: Scene) => Promise<void>;
}
