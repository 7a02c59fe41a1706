import * as vscode from 'vscode';
import { formatAddress, formatCounted } from '../../../engine/core/format.ts';
import type { Bookmark } from '../../../engine/views/protocol.ts';
import { plainText } from '../plain-text.ts';
import type { ActiveMemory } from '../snapshots/active-memory.ts';
import type { Bookmarks } from './bookmarks.ts';

interface Item extends vscode.QuickPickItem {
  readonly bookmark: Bookmark;
}

const RENAME: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('edit'), tooltip: 'Rename' };
const REMOVE: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('trash'), tooltip: 'Remove' };

/** Lists the bookmarks of the active memory. Choosing one selects its bytes; the buttons rename and remove it. */
export async function goToBookmark(bookmarks: Bookmarks, active: ActiveMemory): Promise<void> {
  const shown = active.current;
  if (shown === undefined) return;
  const items = () =>
    bookmarks.of(shown.document).map((bookmark): Item => {
      const { name, start, length } = bookmark;
      const description = `${formatAddress(start)} · ${formatCounted(length, 'byte')}`;
      return { label: plainText(name), description, buttons: [RENAME, REMOVE], bookmark };
    });
  if (items().length === 0) {
    void vscode.window.showInformationMessage(
      'This memory has no bookmarks yet. To add one, select bytes in the editor and press B.',
    );
    return;
  }
  const pick = vscode.window.createQuickPick<Item>();
  pick.title = `Bookmarks of ${plainText(shown.title)}`;
  pick.matchOnDescription = true;
  pick.items = items();
  const chosen = await new Promise<Bookmark | undefined>((resolve) => {
    pick.onDidTriggerItemButton(async ({ button, item }) => {
      if (button === REMOVE) bookmarks.toggle(shown.document, item.bookmark);
      else {
        const name = await vscode.window.showInputBox({ title: 'Name of the bookmark', value: item.bookmark.name });
        if (name !== undefined && name.trim() !== '') bookmarks.rename(shown.document, item.bookmark, name.trim());
        resolve(undefined);
      }
      pick.items = items();
    });
    pick.onDidAccept(() => resolve(pick.activeItems[0]?.bookmark));
    pick.onDidHide(() => resolve(undefined));
    pick.show();
  });
  pick.dispose();
  if (chosen) shown.select(chosen.start, true);
}
