import * as vscode from 'vscode';
import type { CallOutcome, RecordedTrace } from '../../../engine/views/recording.ts';

/** The outcome of a line, with the text that the line had. */
export interface RecordedLine {
  readonly text: string;
  readonly outcome: CallOutcome;
}

interface LastRecording {
  readonly trace: string;
  readonly lines: readonly RecordedLine[];
}

/** The outcomes of the last recording of each script, in this window. */
export class Outcomes {
  readonly #recordings = new Map<string, LastRecording>();
  readonly #changes = new vscode.EventEmitter<void>();

  readonly onDidChange = this.#changes.event;

  /** `text`: the script as it was recorded. */
  set(script: vscode.Uri, text: string, { trace, outcomes }: RecordedTrace): void {
    const lines = text.split('\n');
    const recorded = outcomes.map((outcome) => ({ text: (lines[outcome.line - 1] ?? '').trim(), outcome }));
    this.#recordings.set(script.toString(), { trace, lines: recorded });
    this.#changes.fire();
  }

  /** Returns the path of the trace, and the outcomes by the lines of the script as it is now, from 0. */
  of(document: vscode.TextDocument): { readonly trace: string; readonly byLine: ReadonlyMap<number, CallOutcome> } | undefined {
    const recording = this.#recordings.get(document.uri.toString());
    return recording && { trace: recording.trace, byLine: matchLines(recording.lines, document.getText().split('\n')) };
  }
}

/**
 * Finds the recorded lines again in an edited script, in order. Returns their outcomes by line, from 0. Lines that were changed
 * or added have none.
 */
export function matchLines(recorded: readonly RecordedLine[], lines: readonly string[]): ReadonlyMap<number, CallOutcome> {
  const byLine = new Map<number, CallOutcome>();
  let next = 0;
  for (const [line, text] of lines.entries()) {
    const found = recorded.findIndex((each, index) => index >= next && each.text === text.trim());
    const match = recorded[found];
    if (!match) continue;
    byLine.set(line, match.outcome);
    next = found + 1;
  }
  return byLine;
}
