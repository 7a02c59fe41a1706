import * as vscode from 'vscode';
import { formatCount, formatCounted } from '../../../engine/core/format.ts';
import { readStep } from './step-text.ts';

/** Asks for a step of a trace with so many steps. `value` is there at first. Returns undefined if the user gives up. */
export async function askForStep(title: string, steps: number, value?: string): Promise<number | undefined> {
  const text = await vscode.window.showInputBox({
    title,
    prompt: `It has ${formatCounted(steps, 'step')}.`,
    placeHolder: '812, start or end',
    ...(value !== undefined && { value }),
    validateInput: (typed) =>
      typed.trim() === '' || readStep(typed, steps) !== undefined
        ? undefined
        : `Write a number up to ${formatCount(steps)}, “start” or “end”.`,
  });
  return text === undefined ? undefined : readStep(text, steps);
}
