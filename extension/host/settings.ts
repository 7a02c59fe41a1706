import * as vscode from 'vscode';
import { type CostTerms, isCyclesPerGibSecond, isNodeCount, isPriceName, isSnapshotCount } from '../../engine/snapshot/cost.ts';
import { DEBUG_TYPE } from './debugger/configurations.ts';
import type { EngineClient, WorkerSettings } from './engine-client.ts';
import type { ActiveMemory } from './snapshots/active-memory.ts';

const GIB = 1024 ** 3;

/** The user's settings, as a worker is told them when it starts. */
export function workerSettings(): WorkerSettings {
  const settings = vscode.workspace.getConfiguration('stableMemory');
  return {
    unpackLimit: settings.get('unpackLimit', 8) * GIB,
    cost: costSettings(settings),
  };
}

/** Says of the cost what the settings say rightly; what they do not say, labels or the published price do. */
function costSettings(settings: vscode.WorkspaceConfiguration): CostTerms {
  const right = <Value>(value: unknown, isRight: (value: unknown) => value is Value): Value | undefined =>
    isRight(value) ? value : undefined;
  return {
    price: right(settings.get('cost.price', 'published-2026-08'), isPriceName),
    cyclesPerGibSecond: right(settings.get('cost.cyclesPerGibSecond', null), isCyclesPerGibSecond),
    nodes: right(settings.get('cost.nodes', 13), isNodeCount),
    snapshots: right(settings.get('cost.snapshots', 0), isSnapshotCount),
  };
}

/** A changed setting is applied at once, by starting the engine anew; a debug session is asked about first, because it would end. */
export function applySettings(context: vscode.ExtensionContext, engine: EngineClient, active: ActiveMemory): void {
  const apply = async (): Promise<void> => {
    if (!engine.running) return;
    if (vscode.debug.activeDebugSession?.type === DEBUG_TYPE) {
      const text =
        'The changed setting of Stable Memory is applied after the engine has started anew, which ends the debug session.';
      if ((await vscode.window.showInformationMessage(text, 'Start It Anew')) === undefined) return;
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
