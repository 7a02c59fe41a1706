import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { kindAndNumber, withoutManager } from '../../engine/core/part-ids.ts';
import { labelProblems } from '../../engine/snapshot/labels.ts';
import { type JsonPlace, placeIn } from './json-place.ts';

/** What a snapshot has that labels may name. */
export interface Labelled {
  readonly title: string;
  /** Part ids of its memories and regions: `memory/3`, `region/16`. */
  readonly spaces: readonly string[];
}

/** Maximum problems reported of one file: the first ones say what is wrong. */
const MAX_DIAGNOSTICS = 100;
/** Maximum ids listed in a sentence. */
const MAX_LISTED = 12;

const GROUPS = [
  { group: 'memories', kind: 'memory' },
  { group: 'regions', kind: 'region' },
] as const;

/**
 * Checks a file of labels: what its reader does not understand, and names for memories that the snapshot beside it does not have. Nothing is said of a
 * text that is no JSON: the editor itself does so.
 */
export function diagnoseLabels(document: TextDocument, snapshot: Labelled | undefined): readonly Diagnostic[] {
  const text = document.getText();
  const json = parsed(text);
  if (json === undefined) return [];
  const range = ({ start, end }: JsonPlace) => ({ start: document.positionAt(start), end: document.positionAt(end) });
  const misread = labelProblems(text)
    .slice(0, MAX_DIAGNOSTICS)
    .map(({ path, text: message }): Diagnostic => {
      return { severity: DiagnosticSeverity.Error, range: range(placeIn(text, path).value), message, source: 'Stable Memory' };
    });
  const unknown = GROUPS.flatMap(({ group, kind }) => unknownIds(json[group], kind, snapshot).map((id) => ({ group, kind, id })));
  const misnamed = unknown.slice(0, MAX_DIAGNOSTICS).map(({ group, kind, id }): Diagnostic => {
    const message = `${snapshot?.title} has no ${kind} ${id}. ${listOf(snapshot, kind)}`;
    const { key } = placeIn(text, [group, id]);
    return { severity: DiagnosticSeverity.Warning, range: range(key), message, source: 'Stable Memory' };
  });
  return [...misread, ...misnamed];
}

function unknownIds(entries: unknown, kind: string, snapshot: Labelled | undefined): readonly string[] {
  if (snapshot === undefined || !isRecord(entries)) return [];
  const known = new Set(snapshot.spaces.map(withoutManager));
  return Object.keys(entries).filter((id) => !known.has(`${kind}/${id}`));
}

function listOf(snapshot: Labelled | undefined, kind: string): string {
  const ids = (snapshot?.spaces ?? []).map(kindAndNumber).flatMap(([own, number]) => (own === kind ? [number] : []));
  if (ids.length === 0) return `It has no ${kind === 'memory' ? 'virtual memories' : 'regions'}.`;
  return `It has ${ids.slice(0, MAX_LISTED).join(', ')}${ids.length > MAX_LISTED ? ' …' : ''}.`;
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return isRecord(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
