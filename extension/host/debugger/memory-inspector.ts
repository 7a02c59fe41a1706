/** The Memory Inspector of Eclipse CDT Cloud: tells it what is in a memory, where it is installed. */
import * as vscode from 'vscode';
import { DEBUG_TYPE } from './configurations.ts';

const EXTENSION = 'eclipse-cdt.memory-inspector';

/** The answers of a debugger's extension to the Memory Inspector. Its `AdapterCapabilities` has more, which is optional. */
interface Adapter {
  /** Returns what is in a range of a memory, for its column *Variables*. */
  getResidents(session: vscode.DebugSession, range: object): Promise<readonly object[]>;
  /** Returns the number of bytes of a variable, which it offers to store. */
  getSizeOfVariable(session: vscode.DebugSession, name: string): Promise<bigint>;
  /** Returns how it shows the memories of this debugger, until the user chooses otherwise. */
  getMemoryDisplaySettings(session: vscode.DebugSession): Promise<object>;
}

/** The API that it exports: its `AdapterRegistry`. */
interface Registry {
  registerAdapter(adapter: Adapter, ...debugTypes: readonly string[]): vscode.Disposable;
}

const adapter: Adapter = {
  getResidents: async (session, range) => (await session.customRequest('residents', range)).residents,
  getSizeOfVariable: async (session, expression) => BigInt((await session.customRequest('sizeOf', { expression })).bytes),
  getMemoryDisplaySettings: async () => ({ settings: { visibleColumns: ['variables', 'ascii'], groupsPerRow: 8 } }),
};

/**
 * Registers with the Memory Inspector, if it is there. Each session does it again, because the extension can be installed meanwhile, and
 * replaces what others registered when its settings change.
 */
export async function serveMemoryInspector(): Promise<void> {
  const registry: unknown = await vscode.extensions.getExtension(EXTENSION)?.activate();
  if (isRegistry(registry)) registry.registerAdapter(adapter, DEBUG_TYPE);
}

function isRegistry(api: unknown): api is Registry {
  return typeof api === 'object' && api !== null && 'registerAdapter' in api && typeof api.registerAdapter === 'function';
}
