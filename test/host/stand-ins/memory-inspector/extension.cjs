// A stand-in for Eclipse CDT Cloud's Memory Inspector. It has its id, its commands and its registry of adapters, sends a debugger the
// same requests, and returns what the Memory Inspector would show.
const vscode = require('vscode');

/** What each debugger can do, by session. */
const capabilities = new Map();
const adapters = new Map();

const registry = {
  registerAdapter(adapter, ...types) {
    for (const type of types) adapters.set(type, adapter);
    return new vscode.Disposable(() => {
      for (const type of types) if (adapters.get(type) === adapter) adapters.delete(type);
    });
  },
};

function sessionThat(can) {
  const session = vscode.debug.activeDebugSession;
  if (!session || capabilities.get(session.id)?.[can] !== true) throw new Error(`No active debug session has ${can}.`);
  return session;
}

/** Shows the memory of a row of the variables pane: its bytes, what is at them, and how they are shown. */
async function show({ variable }) {
  const session = sessionThat('supportsReadMemoryRequest');
  const range = { memoryReference: variable.memoryReference, offset: 0, count: 256 };
  const { address, data } = await session.customRequest('readMemory', range);
  const adapter = adapters.get(session.type);
  const variables = (await adapter?.getResidents?.(session, range)) ?? [];
  const { settings } = (await adapter?.getMemoryDisplaySettings?.(session)) ?? {};
  return { address: BigInt(address), bytes: Buffer.from(data, 'base64'), variables, settings };
}

/** Returns the length that it suggests for storing a variable in a file. */
async function lengthToStore({ variable }) {
  const session = sessionThat('supportsReadMemoryRequest');
  return adapters.get(session.type)?.getSizeOfVariable?.(session, variable.evaluateName ?? variable.name);
}

exports.activate = ({ subscriptions }) => {
  subscriptions.push(
    vscode.debug.registerDebugAdapterTrackerFactory('*', {
      createDebugAdapterTracker: ({ id }) => ({
        onDidSendMessage({ type, command, body }) {
          if (type === 'response' && command === 'initialize') capabilities.set(id, body);
        },
      }),
    }),
    vscode.commands.registerCommand('memory-inspector.show-variable', show),
    vscode.commands.registerCommand('memory-inspector.store-file', lengthToStore),
    vscode.commands.registerCommand('memory-inspector.apply-file', () => sessionThat('supportsWriteMemoryRequest')),
  );
  return registry;
};
