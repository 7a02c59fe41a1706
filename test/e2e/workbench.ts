/**
 * VS Code as a user sees it: one method for each thing that a user does or reads.
 *
 * Every method waits until its effect is visible, and fails after minutes. Locators of our editor are inside `webview()`.
 * Everything about debugging is in `debugging.ts`.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame, FrameLocator, Locator, Page } from 'playwright-core';
import { cache, root } from '../../tools/project.ts';
import { PATIENCE } from '../patience.ts';

export const shots = join(cache, 'shots');

/** Time after which the palette is opened anew. Milliseconds. */
const ATTEMPT = 15_000;

/** The name of our icon in the activity bar. */
const container: string | undefined = JSON.parse(readFileSync(join(root, 'package.nls.json'), 'utf8'))['container.stableMemory'];

/** The themes in which views are checked: the name in the list, and the class of the workbench. */
const themes = {
  dark: { label: 'Dark Modern', mark: '.vs-dark' },
  light: { label: 'Light Modern', mark: '.vs' },
  'high contrast': { label: 'Dark High Contrast', mark: '.hc-black' },
  'high contrast light': { label: 'Light High Contrast', mark: '.hc-light' },
} as const;

export type Theme = keyof typeof themes;

/** Returns a pattern that matches exactly a text. */
export const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Returns the label with exactly this text. */
const labelled = (page: Page, text: string): Locator =>
  page.locator('.label-name').filter({ hasText: new RegExp(`^${literally(text)}$`) });

export class Workbench {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  /**
   * Opens a folder and waits until the workbench is restored and the contributions of extensions are there. Before that, a file
   * may open in another editor.
   */
  static async open(page: Page, address: string, folder: string): Promise<Workbench> {
    await page.goto(`${address}/?folder=${encodeURIComponent(folder)}`);
    await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor();
    await page.waitForFunction("performance.getEntriesByName('code/LifecyclePhase/Restored').length > 0");
    if (container !== undefined) await page.locator(`.activitybar .action-item a[aria-label^="${container}"]`).waitFor();
    return new Workbench(page);
  }

  /** Runs a command by its full title, as the palette shows it: `Stable Memory: Check`. */
  async command(title: string): Promise<void> {
    await this.fromPalette(`>${title}`, title);
  }

  /**
   * Opens the palette, types into it and chooses the entry that shows `entry`. Starts anew if the palette closes before, as it does when an
   * editor that was just opened takes the focus, or if a slow click was taken for a failed one: the list that is open then may be the
   * command's own.
   */
  async fromPalette(text: string, entry: string): Promise<void> {
    const isOpen = () => this.page.locator('.quick-input-widget:visible').isVisible();
    await this.until(async () => {
      if (!(await isOpen())) await this.page.keyboard.press('F1');
      return this.pick(text, entry, ATTEMPT).then(
        () => true,
        async () => {
          if (await isOpen()) await this.page.keyboard.press('Escape');
          return false;
        },
      );
    }, `the palette has “${entry}”`);
  }

  /** Types into the open quick pick and chooses the entry that shows `entry`. */
  async pick(text: string, entry: string, timeout = PATIENCE): Promise<void> {
    const widget = this.page.locator('.quick-input-widget:visible');
    await widget.locator('.quick-input-box input').fill(text, { timeout });
    await widget.locator('.quick-input-list .monaco-list-row').filter({ hasText: entry }).first().click({ timeout });
    // Move the pointer away, so that no hover shows.
    await this.page.mouse.move(720, 890);
  }

  /** Types into the open input box and confirms it. */
  async result(text: string): Promise<void> {
    const box = this.page.locator('.quick-input-widget:visible .quick-input-box input');
    await box.fill(text);
    await box.press('Enter');
  }

  /** Opens a file of the workspace from the explorer, by its path: `traces/memory-region.smtrace`. */
  async openFile(path: string): Promise<void> {
    const row = await this.fileRow(path);
    const file = path.split('/').at(-1) ?? path;
    const tab = this.page.locator('.tabs-container .tab.active').filter({ hasText: file });
    // The rows move while the explorer takes up a new file. Then the click was on another one.
    await this.until(async () => {
      await row.dblclick();
      return tab.waitFor({ timeout: ATTEMPT }).then(
        () => true,
        () => false,
      );
    }, `${file} is open`);
  }

  /** Shows a file of the workspace in the explorer, and returns its row. */
  async fileRow(path: string): Promise<Locator> {
    await this.command('View: Show Explorer');
    const rows = this.page.locator('.explorer-folders-view .monaco-list-row');
    const rowsOf = (name: string) => rows.filter({ has: labelled(this.page, name) });
    const names = path.split('/');
    for (const name of names.slice(0, -1)) {
      const row = rowsOf(name).first();
      await row.waitFor();
      // The rows move while the explorer takes up a new file. Then the click is on another one.
      await this.until(async () => {
        if ((await row.getAttribute('aria-expanded')) !== 'false') return true;
        await row.click();
        return false;
      }, `the folder ${name} is open`);
    }
    const row = rowsOf(names.at(-1) ?? path);
    const folder = names.at(-2);
    // The label has a class with the name of the file's folder. A file of the same name in another folder may be there earlier.
    const isIn = this.page.locator(`[class~="${folder}-name-dir-icon"]`);
    return folder === undefined ? row.first() : row.filter({ has: isIn }).first();
  }

  /** Opens a snapshot of the workspace: from the explorer, or as `open` does it. */
  async openSnapshot(path: string, open = () => this.openFile(path)): Promise<void> {
    await this.#untilShown(path, open, () => this.webview().locator('.strip').first());
  }

  /** Opens a trace of the workspace as text. */
  async openTrace(path: string): Promise<void> {
    const content = () => this.page.locator('.editor-group-container.active .view-line').first();
    await this.#untilShown(path, () => this.openFile(path), content);
  }

  /**
   * Opens a file of the workspace in an editor of ours, which has `content`. Shortly after the start of a window VS Code can still choose its
   * text editor, which refuses binary and large files; then opens it again.
   */
  async #untilShown(path: string, open: () => Promise<void>, content: () => Locator): Promise<void> {
    await this.until(async () => {
      await open();
      const isShown = await content()
        .waitFor({ timeout: ATTEMPT })
        .then(
          () => true,
          () => false,
        );
      if (!isShown) await this.command('View: Close Editor');
      return isShown;
    }, `${path} is shown`);
  }

  /** Returns the title of the active tab. */
  async activeTab(): Promise<string | undefined> {
    const tab = this.page.locator('.editor-group-container.active .tab.active').first();
    return (await tab.getAttribute('data-resource-name')) ?? undefined;
  }

  /** Shows a view container by the name of its icon in the activity bar. */
  async showViews(container: string): Promise<void> {
    const icon = this.#iconOf(container);
    await icon.waitFor();
    if (!((await icon.getAttribute('class')) ?? '').includes('checked')) await icon.click();
  }

  /** Waits until the views of an extension are offered. */
  async waitForViews(container: string): Promise<void> {
    await this.#iconOf(container).waitFor();
  }

  #iconOf(container: string): Locator {
    return this.page.locator(`.activitybar .action-item:has(a[aria-label^="${container}"])`).first();
  }

  /** Returns a tree view by its title, on either side. */
  tree(title: string): Tree {
    return new Tree(this.page, this.page.locator(`.pane:has(.pane-header[aria-label^="${title}"])`).first());
  }

  /** Returns the frame of the visible custom editor or webview panel. */
  webview(): FrameLocator {
    return this.page.locator('iframe.webview.ready:visible').first().contentFrame().frameLocator('iframe#active-frame');
  }

  /** Returns the frame of the page with an element, where several are visible. */
  async pageWith(selector: string): Promise<Frame> {
    let found: Frame | undefined;
    await this.until(async () => {
      for (const frame of this.page.frames()) {
        const count = await frame
          .locator(selector)
          .count()
          .catch(() => 0);
        if (count > 0) found = frame;
      }
      return found !== undefined;
    }, `a page has ${selector}`);
    return found ?? this.page.mainFrame();
  }

  /** Returns the text of the hover over the first occurrence of `text` in the open text editor. */
  async hover(text: string): Promise<string> {
    const line = this.page.locator('.editor-group-container.active .view-line').filter({ hasText: text }).first();
    await line.waitFor();
    const shown = this.page.locator('.monaco-hover:visible .monaco-hover-content').first();
    for (let attempt = 0; attempt < 10; attempt++) {
      const place = await line.evaluate((element, wanted) => {
        const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
          const at = (node.textContent ?? '').replaceAll('\u00a0', ' ').indexOf(wanted);
          if (at < 0) continue;
          const range = document.createRange();
          range.setStart(node, at);
          range.setEnd(node, at + 1);
          const { x, y, width, height } = range.getBoundingClientRect();
          return { x: x + width / 2, y: y + height / 2 };
        }
        const { x, y, height } = element.getBoundingClientRect();
        return { x: x + 15, y: y + height / 2 };
      }, text);
      await this.page.mouse.move(place.x + 200, place.y + 200);
      await shown.waitFor({ state: 'hidden' });
      await this.page.mouse.move(place.x, place.y, { steps: 4 });
      await shown.waitFor({ timeout: 2000 * (attempt + 1) }).catch(() => undefined);
      if (await shown.isVisible()) {
        await this.until(async () => !/^(Loading.*)?$/.test((await shown.innerText()).trim()), 'the hover has a text');
        return shown.innerText();
      }
    }
    throw new Error(`No hover appeared over "${text}".`);
  }

  /** Clicks an action of the active editor's title bar, by its tooltip's beginning. */
  async editorAction(title: string): Promise<void> {
    await this.page
      .locator(`.editor-group-container.active .editor-actions a.action-label[aria-label^="${title}"]`)
      .first()
      .click();
  }

  /** Returns the texts of the visible notifications. */
  notifications(): Promise<string[]> {
    return this.page.locator('.notifications-toasts .notification-list-item-message').allInnerTexts();
  }

  async theme(theme: Theme): Promise<void> {
    const { label, mark } = themes[theme];
    await this.command('Preferences: Color Theme');
    await this.pick(label, label);
    await this.page.locator(`.monaco-workbench${mark}`).waitFor();
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  }

  /** Waits until a condition holds. `words` describes it in the error. */
  async until(condition: () => Promise<boolean>, words: string, milliseconds = PATIENCE): Promise<void> {
    const end = Date.now() + milliseconds;
    while (!(await condition())) {
      if (Date.now() > end) throw new Error(`After ${milliseconds / 1000} s it still does not hold that ${words}.`);
      await this.page.waitForTimeout(50);
    }
  }

  /** Reads repeatedly until the text matches, and returns it. */
  async untilMatch(read: () => Promise<string>, pattern: RegExp, milliseconds = PATIENCE): Promise<string> {
    const end = Date.now() + milliseconds;
    let text = await read();
    while (!pattern.test(text)) {
      if (Date.now() > end) throw new Error(`After ${milliseconds / 1000} s nothing matches ${pattern}. Last: ${text}`);
      await this.page.waitForTimeout(50);
      text = await read();
    }
    return text;
  }

  /** Writes a picture of the window to `.cache/shots/NAME.png`. */
  async shot(name: string): Promise<void> {
    mkdirSync(shots, { recursive: true });
    await this.page.screenshot({ path: join(shots, `${name}.png`) });
  }
}

/** One tree view. A row is named by its label alone, without its description. */
export class Tree {
  readonly #page: Page;
  readonly root: Locator;

  constructor(page: Page, root: Locator) {
    this.#page = page;
    this.root = root;
  }

  /** Expands the view if only its header shows. */
  async show(): Promise<this> {
    const header = this.root.locator('.pane-header').first();
    await header.waitFor({ state: 'attached' });
    if ((await header.getAttribute('aria-expanded')) === 'false') await header.click();
    return this;
  }

  /** Returns the first row with a label. Scrolls to it if the list is longer than the view. */
  async row(label: string): Promise<Locator> {
    const row = this.root.locator('.monaco-list-row').filter({ has: labelled(this.#page, label) });
    await this.root.locator('.monaco-list-row').first().waitFor();
    const end = Date.now() + PATIENCE;
    for (let attempt = 0; !(await row.first().isVisible()) && Date.now() < end; attempt++) {
      if (attempt >= 4) {
        await this.root.locator('.monaco-list').first().hover();
        // Start from the top again after the end, because rows may come late.
        await this.#page.mouse.wheel(0, attempt % 40 === 0 ? -1e6 : 150);
      }
      await this.#page.waitForTimeout(100);
    }
    await row.first().waitFor();
    return row.first();
  }

  /** Expands nested rows by their labels. */
  async expand(...labels: readonly string[]): Promise<void> {
    for (const label of labels) {
      const row = await this.row(label);
      if ((await row.getAttribute('aria-expanded')) === 'false') await row.locator('.monaco-tl-twistie').click();
      const index = Number(await row.getAttribute('data-index'));
      const level = Number(await row.getAttribute('aria-level'));
      await this.root
        .locator(`.monaco-list-row[data-index="${index + 1}"][aria-level="${level + 1}"]`)
        .waitFor({ state: 'attached' });
    }
  }

  async click(label: string): Promise<void> {
    await (await this.row(label)).click();
  }

  /** Chooses from a row's context menu. */
  async menu(label: string, entry: string): Promise<void> {
    await (await this.row(label)).click({ button: 'right' });
    const item = this.#page.locator('.context-view .action-item, .monaco-menu .action-item').filter({ hasText: entry }).first();
    await item.waitFor();
    // A menu ignores a mouse button that is released right after it opened.
    await this.#page.waitForTimeout(400);
    await item.hover();
    await item.click({ delay: 50 });
  }

  /** Returns the visible rows as text: label and description with a space between. */
  rows(): Promise<string[]> {
    return this.root.locator('.monaco-list-row').evaluateAll((rows) =>
      rows.map((row) => {
        const texts = [...row.querySelectorAll('.label-name, .label-description')].map((part) => part.textContent ?? '');
        return texts.join(' ').replace(/\s+/g, ' ').trim();
      }),
    );
  }
}
