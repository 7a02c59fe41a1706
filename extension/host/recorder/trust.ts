import * as vscode from 'vscode';

/** Returns true if the workspace is trusted. Otherwise says why `what` needs that. */
export async function isTrusted(what: string): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true;
  const text = `${what} runs a canister's module, in a sandbox. It needs a workspace that you trust.`;
  const choice = await vscode.window.showWarningMessage(text, 'Manage Workspace Trust');
  if (choice !== undefined) await vscode.commands.executeCommand('workbench.trust.manage');
  return false;
}
