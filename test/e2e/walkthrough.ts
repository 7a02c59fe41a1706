import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { root } from '../../tools/project.ts';
import type { Workbench } from './workbench.ts';

/** Time after which a step is clicked again. Milliseconds. */
const ATTEMPT = 2_000;

/** Our walkthrough in VS Code's *Welcome*, as a user sees it. */
export class Walkthrough {
  readonly #workbench: Workbench;
  readonly #steps: Locator;

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
    this.#steps = workbench.page.locator('.getting-started-step');
  }

  async open(): Promise<void> {
    await this.#workbench.command('Stable Memory: Get Started');
    await this.#steps.first().waitFor();
  }

  titles(): Promise<string[]> {
    return this.#steps.locator('.step-title').allInnerTexts();
  }

  /** Shows a step with its text. A click closes it again if VS Code has just opened it by itself. */
  async expand(title: string): Promise<void> {
    const step = this.#steps.filter({ hasText: title });
    const text = step.locator('.step-description-container');
    await this.#workbench.until(async () => {
      if (!(await text.isVisible())) await step.click();
      return text.waitFor({ timeout: ATTEMPT }).then(
        () => true,
        () => false,
      );
    }, `the step “${title}” is open`);
  }

  /** Presses a button of a step. */
  async press(title: string, button: string): Promise<void> {
    await this.open();
    await this.expand(title);
    await this.#steps.filter({ hasText: title }).locator('.monaco-button', { hasText: button }).click();
  }

  /** Returns the texts that are larger than their place: titles of steps, and parts of the page beside the step that is expanded. */
  async cutOff(): Promise<readonly string[]> {
    const titles = await this.#steps
      .locator('.step-title')
      .evaluateAll((all) => all.filter((title) => title.scrollWidth > title.clientWidth).map(({ textContent }) => textContent));
    const id = (await this.#steps.and(this.#workbench.page.locator('.expanded')).getAttribute('data-step-id')) ?? '';
    const [heading = ''] = readFileSync(join(root, 'media/walkthrough', `${id.split('#').at(-1)}.md`), 'utf8').split('\n');
    const page = await this.#workbench.pageWith(`h1:text-is("${heading.slice('# '.length)}")`);
    const parts = await page.locator('html, pre, table').evaluateAll((all) => {
      const isLarger = (part: Element) =>
        part.scrollWidth > part.clientWidth || part.scrollHeight > Math.max(part.clientHeight, innerHeight);
      return all.filter((part) => innerHeight > 0 && isLarger(part)).map(({ textContent }) => textContent);
    });
    return [...titles, ...parts];
  }
}
