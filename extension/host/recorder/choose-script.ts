import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { EngineClient } from '../engine-client.ts';
import { plainText } from '../plain-text.ts';
import { moduleName } from './modules.ts';
import { exists, findScripts, SCRIPT_ENDING } from './script-files.ts';

/** A script that was chosen, or was created because there was none. */
export interface ChosenScript {
  readonly uri: vscode.Uri;
  readonly isNew: boolean;
}

interface Choice extends vscode.QuickPickItem {
  readonly script?: vscode.Uri;
}

/** Lets the user choose a script for a module, or create one. `first`: the one to offer at the top. */
export async function chooseScript(
  engine: EngineClient,
  module: vscode.Uri,
  first: vscode.Uri | undefined,
): Promise<ChosenScript | undefined> {
  const name = moduleName(module.fsPath);
  const target = await freeName(folderFor(module), name);
  const create: Choice = {
    label: `$(new-file) New Script for ${plainText(name)}`,
    detail: plainText(`Writes ${vscode.workspace.asRelativePath(target)}, with a call of each method`),
    alwaysShow: true,
  };
  const choices = async (): Promise<Choice[]> => {
    const found = (await findScripts()).filter((uri) => uri.toString() !== first?.toString());
    return [...(first ? [first] : []), ...found].map(itemOf).concat(create);
  };
  const chosen = await vscode.window.showQuickPick(choices(), {
    title: `Record a trace: choose the calls of ${name}`,
    placeHolder: 'The script of the calls that run, one a line',
    matchOnDescription: true,
  });
  if (chosen === create) {
    const text = await engine.call('record/script', { wasm: module.fsPath });
    await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
    return { uri: target, isNew: true };
  }
  return chosen?.script && { uri: chosen.script, isNew: false };
}

function itemOf(script: vscode.Uri): Choice {
  const folder = dirname(vscode.workspace.asRelativePath(script));
  return {
    label: `$(list-ordered) ${plainText(basename(script.fsPath))}`,
    description: folder === '.' ? '' : plainText(folder),
    script,
  };
}

/** Returns the folder for a module's new script: that of its project, its workspace, or else its own. */
function folderFor(module: vscode.Uri): string {
  const [project] = /^.*?(?=[/\\](?:\.dfx|\.icp|target)[/\\])/.exec(module.fsPath) ?? [];
  return project ?? vscode.workspace.getWorkspaceFolder(module)?.uri.fsPath ?? dirname(module.fsPath);
}

async function freeName(folder: string, name: string): Promise<vscode.Uri> {
  for (let number = 1; ; number++) {
    const uri = vscode.Uri.file(join(folder, `${name}${number === 1 ? '' : `-${number}`}${SCRIPT_ENDING}`));
    if (!(await exists(uri))) return uri;
  }
}
