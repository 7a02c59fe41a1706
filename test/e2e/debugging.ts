/** VS Code's debugger as a user sees it: the toolbar, the variables, the call stack and breakpoints. */
import type { Locator } from 'playwright-core';
import { literally, type Workbench } from './workbench.ts';

/** The toolbar's buttons, by the beginning of their labels. */
const buttons = {
  continue: 'Continue',
  'step over': 'Step Over',
  'step into': 'Step Into',
  'step out': 'Step Out',
  'step back': 'Step Back',
  reverse: 'Reverse',
  restart: 'Restart',
  stop: 'Stop',
} as const;

export class Debugging {
  readonly #workbench: Workbench;

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
  }

  /** Starts a configuration of `.vscode/launch.json` and waits for its first stop. */
  async start(configuration: string): Promise<void> {
    await this.#workbench.fromPalette(`debug ${configuration}`, configuration);
    await this.stopped();
  }

  /** Presses a button of the toolbar. To check the result, read the variables or the stack with `until…`. */
  async press(button: keyof typeof buttons): Promise<void> {
    await this.#button(button).click();
  }

  /** Waits until the session is stopped, which stepping requires. */
  async stopped(): Promise<void> {
    await this.#workbench.page.locator('.debug-toolbar a.action-label[aria-label^="Step Over"]:not(.disabled)').first().waitFor();
    await this.#workbench.page.locator('.debug-call-stack .monaco-list-row').first().waitFor();
  }

  async stop(): Promise<void> {
    await this.press('stop');
    await this.#workbench.page.locator('.debug-toolbar').waitFor({ state: 'hidden' });
  }

  /** Returns the visible rows of the Variables view, each `name = value`, joined by ` | `. */
  variables(): Promise<string> {
    return this.#rows('.debug-variables');
  }

  /** Returns the rows of the Call Stack view, joined by ` | `. */
  callStack(): Promise<string> {
    return this.#rows('.debug-call-stack');
  }

  /** Waits until the variables match, and returns them. */
  untilVariables(pattern: RegExp): Promise<string> {
    return this.#workbench.untilMatch(() => this.variables(), pattern);
  }

  /** Expands a scope or a structured variable by its full name. */
  async expandVariable(name: string): Promise<void> {
    const rows = this.#workbench.page.locator('.debug-variables .monaco-list-row');
    const row = rows.filter({ hasText: new RegExp(`^\\s*${literally(name)}\\s*([=:]|$)`) }).first();
    await row.waitFor();
    if ((await row.getAttribute('aria-expanded')) === 'false') await row.locator('.monaco-tl-twistie').click();
    await this.#workbench.until(async () => (await row.getAttribute('aria-expanded')) === 'true', `"${name}" is open`);
  }

  /** Sets or clears a breakpoint on a line of the active text editor. */
  async toggleBreakpoint(line: number): Promise<void> {
    await this.goToLine(line);
    await this.#workbench.page.keyboard.press('F9');
  }

  /** Puts the cursor on a line of the active text editor. */
  async goToLine(line: number): Promise<void> {
    await this.#workbench.page.locator('.editor-group-container.active .monaco-editor .view-lines').first().click();
    await this.#workbench.page.keyboard.press('Control+G');
    await this.#workbench.result(`:${line}`);
  }

  /** Returns the text of the current line of the debugger, as the editor shows it. Empty while it shows none. */
  async currentLine(): Promise<string> {
    const { page } = this.#workbench;
    const mark = await page.locator('.debug-top-stack-frame-line').first().boundingBox();
    for (const line of await page.locator('.editor-group-container.active .view-line').all()) {
      const box = await line.boundingBox();
      if (box !== null && mark !== null && Math.abs(box.y - mark.y) < box.height / 2)
        return (await line.innerText()).replaceAll('\u00a0', ' ');
    }
    return '';
  }

  #button(button: keyof typeof buttons): Locator {
    return this.#workbench.page.locator(`.debug-toolbar a.action-label[aria-label^="${buttons[button]}"]`).first();
  }

  async #rows(view: string): Promise<string> {
    const texts = await this.#workbench.page.locator(`${view} .monaco-list-row`).allInnerTexts();
    return texts.map((text) => text.replace(/\s+/g, ' ').trim()).join(' | ');
  }
}
