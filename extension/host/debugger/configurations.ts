import { basename } from 'node:path';
import * as vscode from 'vscode';
import { activeTrace, TRACE_PATTERN, traceFileOf } from '../traces/trace-files.ts';

export const DEBUG_TYPE = 'stable-memory';

interface TraceConfiguration extends vscode.DebugConfiguration {
  readonly trace: string;
}

/** Returns the launch configuration that steps through the trace at `path`, from `step` if there is one. */
export function configurationFor(path: string, step?: number): TraceConfiguration {
  const start = step === undefined ? { stopOnEntry: true } : { step };
  return { type: DEBUG_TYPE, request: 'launch', name: `Step through ${basename(path)}`, trace: path, ...start };
}

/** Makes F5 work: on an open trace without any configuration, and with one that names the open file. */
export const configurations: vscode.DebugConfigurationProvider = {
  resolveDebugConfiguration(_folder, config) {
    const open = activeTrace();
    const trace: unknown = config['trace'];
    // Without a launch.json the configuration is empty.
    if (trace === undefined || trace === '') return open === undefined ? undefined : { ...config, ...configurationFor(open) };
    // VS Code resolves ${file} only in editors of files on disk. The text of a trace is not one.
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a variable of launch.json.
    if (trace === '${file}' && open !== undefined) return { ...config, trace: open };
    return config;
  },

  async resolveDebugConfigurationWithSubstitutedVariables(_folder, config) {
    const trace: unknown = config['trace'];
    if (typeof trace === 'string' && trace !== '') return config;
    await vscode.window.showErrorMessage(
      'There is no trace to step through. Open one (a file that ends in .smtrace or .smtrace.jsonl), or name it as "trace" in launch.json.',
    );
    return undefined;
  },
};

/** Offers the traces of the workspace where VS Code asks what to debug. */
export const traceList: vscode.DebugConfigurationProvider = {
  async provideDebugConfigurations() {
    const found = await vscode.workspace.findFiles(TRACE_PATTERN, undefined, 50);
    return found
      .map((uri) => traceFileOf(uri))
      .filter((path) => path !== undefined)
      .sort()
      .map((path) => configurationFor(path));
  },
};
