import * as vscode from 'vscode';
import type { CodecChoice } from '../../../engine/views/protocol.ts';
import { type EngineClient, errorText } from '../engine-client.ts';
import { plainText } from '../plain-text.ts';
import type { ActiveMemory } from './active-memory.ts';
import type { MemoryRow } from './memory-tree.ts';

type Role = 'key' | 'value';

interface CodecItem extends vscode.QuickPickItem {
  readonly choice?: { readonly role: Role; readonly codec: string | undefined };
}

/** Lets the user choose how a structure's keys or values are decoded. Every codec shows a preview of this element. */
export async function decodeAs(element: MemoryRow, engine: EngineClient, active: ActiveMemory): Promise<void> {
  const { shown, row } = element;
  if (!row.element) return;
  const { part, index } = row.element;
  const codecsOf = (role: Role) => engine.call('memory/codecs', { memory: shown.memory, part, index, role });
  const items = Promise.all([codecsOf('value'), codecsOf('key')]).then(([values, keys]) => [
    ...group('value', values),
    ...group('key', keys),
  ]);
  const picked = await vscode.window.showQuickPick<CodecItem>(items, {
    title: `Decode ${outermost(element).row.label} as…`,
    placeHolder: 'Choose how its values or keys are decoded, here and in every view.',
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (!picked?.choice) return;
  try {
    await engine.call('memory/decode-as', { memory: shown.memory, part, ...picked.choice });
  } catch (error) {
    void vscode.window.showErrorMessage(errorText(error));
    return;
  }
  shown.redraw();
  active.contentChanged(shown);
  active.use(shown);
}

/** Returns the row of the structure, which has the name that the user knows. */
function outermost(row: MemoryRow): MemoryRow {
  let outer = row;
  while (outer.parent) outer = outer.parent;
  return outer;
}

/** Returns the items of one role. The codecs that fit come first. A structure without keys has no group for keys. */
function group(role: Role, codecs: readonly CodecChoice[]): readonly CodecItem[] {
  if (codecs.length === 0) return [];
  const item = ({ name, description, preview }: CodecChoice): CodecItem => ({
    label: plainText(name),
    description: plainText(description),
    detail: plainText(preview ?? 'These bytes do not fit this codec.'),
    choice: { role, codec: name },
  });
  const fitting = codecs.filter(({ preview }) => preview !== undefined);
  const others = codecs.filter(({ preview }) => preview === undefined);
  return [
    { label: `The ${role}`, kind: vscode.QuickPickItemKind.Separator },
    { label: '$(sparkle) Guess', description: 'from the bytes of many elements', choice: { role, codec: undefined } },
    ...[...fitting, ...others].map(item),
  ];
}
