import * as vscode from 'vscode';
import type { WorkerSettings } from './engine-client.ts';

const GIB = 1024 ** 3;

/** The user's settings, as a worker is told them when it starts. */
export function workerSettings(): WorkerSettings {
  const settings = vscode.workspace.getConfiguration('stableMemory');
  return {
    unpackLimit: settings.get('unpackLimit', 8) * GIB,
    cyclesPerGibSecond: settings.get('cost.cyclesPerGibSecond', 127_000),
  };
}
