import * as vscode from 'vscode';
import { type CostTerms, isCyclesPerGibSecond, isNodeCount, isPriceName, isSnapshotCount } from '../../engine/snapshot/cost.ts';
import { DEBUG_TYPE } from './debugger/configurations.ts';
import type { EngineClient } from './engine-client.ts';
import type { WorkerSettings } from './engine-worker.ts';
import type { ActiveMemory } from './snapshots/active-memory.ts';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** Returns the user's settings for a worker that starts. */
export function workerSettings(): WorkerSettings {
  const settings = vscode.workspace.getConfiguration('stableMemory');
  return {
    unpackLimit: settings.get('unpackLimit', 8) * GIB,
    indexLimit: settings.get('trace.indexLimit', 10_000_000),
    keptBytes: settings.get('trace.keptStates', 64) * MIB,
    cost: costSettings(settings),
  };
}

/** Returns the valid cost settings. An invalid setting is undefined; labels or the published price apply instead. */
function costSettings(settings: vscode.WorkspaceConfiguration): CostTerms {
  const valid = <Value>(value: unknown, isValid: (value: unknown) => value is Value): Value | undefined =>
    isValid(value) ? value : undefined;
  return {
    price: valid(settings.get('cost.price', 'published-2026-08'), isPriceName),
    cyclesPerGibSecond: valid(settings.get('cost.cyclesPerGibSecond', null), isCyclesPerGibSecond),
    nodes: valid(settings.get('cost.nodes', 13), isNodeCount),
    snapshots: valid(settings.get('cost.snapshots', 0), isSnapshotCount),
  };
}

/**
 * Applies a changed setting at once by restarting the engine. Asks first if a debug session runs, because the restart ends it.
 */
export function applySettings(context: vscode.ExtensionContext, engine: EngineClient, active: ActiveMemory): void {
  const apply = async (): Promise<void> => {
    if (!engine.running) return;
    if (vscode.debug.activeDebugSession?.type === DEBUG_TYPE) {
      const text = 'The changed Stable Memory setting takes effect when the engine restarts. A restart ends the debug session.';
      if ((await vscode.window.showInformationMessage(text, 'Restart the Engine')) === undefined) return;
    }
    engine.restart();
    active.redraw();
  };
  context.subscriptions.push(
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('stableMemory')) void apply();
    }),
  );
}
