import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { ComparedMemory } from '../../../engine/views/diff/calls.ts';
import type { SideSource } from '../../../engine/views/diff/page.ts';
import { watchForChange } from '../snapshots/files/file-watch.ts';
import { localFile } from '../snapshots/files/snapshot-copy.ts';

/** A side of a comparison as the engine can read it. */
export interface OpenSide {
  readonly memory: ComparedMemory;
  /** Path or place, for people. */
  readonly name: string;
  /** Its version, if its title does not say that, such as that it is Git's. */
  readonly version: string | undefined;
  /** The snapshot's file, if an editor can show it. */
  readonly file: string | undefined;
  /** Deletes what was copied to read it. */
  close(): void;
}

const nothing = (): void => undefined;

/** Opens a side. @throws Error with a sentence for the user */
export async function openSide(source: SideSource): Promise<OpenSide> {
  if (source.kind === 'step') {
    const { trace, step, snapshot } = source;
    const name = `${basename(trace)}, step ${step}`;
    return { memory: { kind: 'step', trace, step, snapshot }, name, version: undefined, file: undefined, close: nothing };
  }
  const uri = vscode.Uri.parse(source.uri);
  const { path, isCopy, remove } = await localFile(uri);
  return {
    memory: { kind: 'snapshot', path },
    name: vscode.workspace.asRelativePath(isCopy ? vscode.Uri.file(uri.path) : uri),
    version: isCopy ? uri.scheme : undefined,
    file: isCopy ? undefined : path,
    close: remove,
  };
}

/** Calls `changed` with a sentence when the file of a side changes. */
export function watchSide({ file, name }: OpenSide, changed: (text: string) => void): vscode.Disposable {
  if (file === undefined) return { dispose: nothing };
  return watchForChange(file, ({ kind }) =>
    changed(`${name} ${kind === 'gone' ? 'is gone' : 'has changed'} since it was compared.`),
  );
}
