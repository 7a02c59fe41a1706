import * as vscode from 'vscode';

/** Returns true if an extension opens files of this name in an editor of its own, without being asked: `notes.sqlite`. */
export function opensInCustomEditor(name: string): boolean {
  const patterns = vscode.extensions.all.flatMap(({ packageJSON }) => editorsOf(packageJSON).flatMap(patternsOf));
  return patterns.some((pattern) => isMatch(pattern, name));
}

/** Returns the custom editors that a manifest contributes. */
function editorsOf(manifest: unknown): readonly unknown[] {
  return list(property(property(manifest, 'contributes'), 'customEditors'));
}

/** Returns the names of the files that an editor is for. One that only the user can choose is for none. */
function patternsOf(editor: unknown): readonly string[] {
  if (property(editor, 'priority') === 'option') return [];
  const patterns = list(property(editor, 'selector')).map((selector) => property(selector, 'filenamePattern'));
  return patterns.filter((pattern) => typeof pattern === 'string');
}

/** Returns true if the last part of a pattern matches a name: `*.{sqlite,db}` */
function isMatch(pattern: string, name: string): boolean {
  const parts = pattern.slice(pattern.lastIndexOf('/') + 1).split(/\{([^{}]*)\}/);
  // Every second part was in braces.
  const expressions = parts.map((part, index) => {
    return index % 2 === 0 ? expressionOf(part) : `(?:${part.split(',').map(expressionOf).join('|')})`;
  });
  return new RegExp(`^${expressions.join('')}$`, 'i').test(name);
}

function expressionOf(pattern: string): string {
  return pattern.replaceAll(/\W/g, (sign) => ({ '*': '.*', '?': '.' })[sign] ?? `\\${sign}`);
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
