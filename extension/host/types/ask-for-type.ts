import { isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import type { TypeChoices } from '../../../engine/views/protocol.ts';
import type { EngineClient } from '../engine-client.ts';
import { plainText } from '../plain-text.ts';

type Role = TypeChoices['roles'][number];

/** A type that the user named, and whether it is of the keys or the values. */
export interface ChosenType {
  readonly role: Role;
  readonly type: string;
}

/** Returns whether a command's argument is a chosen type: `{ role: 'value', type: 'cbor' }`. */
export function isChosenType(argument: unknown): argument is ChosenType {
  if (typeof argument !== 'object' || argument === null || !('role' in argument && 'type' in argument)) return false;
  return (argument.role === 'key' || argument.role === 'value') && typeof argument.type === 'string';
}

interface TypeItem extends vscode.QuickPickItem {
  readonly role?: Role;
  readonly type?: string;
  /** A file in which a type is to be chosen. */
  readonly file?: string;
}

const FILES = '**/*.{did,proto,fbs,bfbs,schema.json}';
const NO_FILES = '**/{node_modules,target,.git}/**';
const MAX_FILES = 500;
const TYPE_FILE = /\.(did|json|proto|fbs|bfbs)(#|$)/i;
const EXAMPLE = 'record { id : nat64; name : text }';

/** Asks for a type: a text of its own, a type of a file of the workspace, or a codec. */
export async function askForType(engine: EngineClient, part: string, choices: TypeChoices): Promise<ChosenType | undefined> {
  const files = await vscode.workspace.findFiles(FILES, NO_FILES, MAX_FILES);
  const picked = await pick(part, choices, files);
  if (picked?.role === undefined) return undefined;
  const { role, file, type } = picked;
  if (file === undefined) return type === undefined ? undefined : { role, type: inWorkspace(type) };
  const names = await engine.call('memory/types-in-file', { file });
  const whole = file.endsWith('.json') ? [{ label: 'The whole schema', type: file }] : [];
  const items = [...whole, ...names.map((name) => ({ label: plainText(name), type: `${file}#${name}` }))];
  const [only] = items;
  if (only === undefined) throw new Error(`${file} has no types that can be read.`);
  if (items.length === 1) return { role, type: only.type };
  const chosen = await vscode.window.showQuickPick(items, { title: `A type of ${vscode.workspace.asRelativePath(file)}` });
  return chosen && { role, type: chosen.type };
}

/** Shows the choices. What the user types is one of them, too. */
function pick(part: string, { roles, codecs }: TypeChoices, files: readonly vscode.Uri[]): Promise<TypeItem | undefined> {
  const box = vscode.window.createQuickPick<TypeItem>();
  box.title = `Try another type on ${part}`;
  box.placeholder = `A Candid type such as ${EXAMPLE}, FILE#TYPE, or a choice below`;
  box.matchOnDescription = true;
  // Values are tried more often than keys.
  const sides = roles.toReversed();
  const fixed = sides.flatMap((role): readonly TypeItem[] => [
    { label: `The ${role}s as a type of a file`, kind: vscode.QuickPickItemKind.Separator },
    ...files.map((file) => ({
      label: `$(file) ${vscode.workspace.asRelativePath(file)}`,
      description: role,
      role,
      file: file.fsPath,
    })),
    { label: `The ${role}s with a codec`, kind: vscode.QuickPickItemKind.Separator },
    ...codecs
      .filter(({ name }) => !name.includes('…'))
      .map(({ name, description }) => ({ label: plainText(name), description: plainText(description), role, type: name })),
  ]);
  const show = (text: string): void => {
    const own =
      text === ''
        ? []
        : sides.map(
            (role): TypeItem => ({ label: text, description: `the ${role}s as this type`, alwaysShow: true, role, type: text }),
          );
    box.items = [...own, ...fixed];
  };
  show('');
  return new Promise((resolve) => {
    box.onDidChangeValue((text) => show(text.trim()));
    box.onDidAccept(() => {
      resolve(box.selectedItems[0]);
      box.hide();
    });
    box.onDidHide(() => {
      resolve(undefined);
      box.dispose();
    });
    box.show();
  });
}

/** Returns a type in a file of the workspace with the whole path of the file. */
function inWorkspace(type: string): string {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  return folder !== undefined && TYPE_FILE.test(type) && !isAbsolute(type) ? join(folder.uri.fsPath, type) : type;
}
