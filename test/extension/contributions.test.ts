import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { STRUCTURE_KINDS } from '../../engine/core/structure-kinds.ts';
import labels from '../../language/labels.schema.json' with { type: 'json' };
import manifest from '../../package.json' with { type: 'json' };
import texts from '../../package.nls.json' with { type: 'json' };

const root = join(import.meta.dirname, '..', '..');
const { contributes } = manifest;

/** All source of the extension. It contains the names of everything that it registers and reads. */
const source = globSync('extension/**/*.ts', { cwd: root })
  .map((file) => readFileSync(join(root, file), 'utf8'))
  .join('\n');

const sorted = (names: Iterable<string>): readonly string[] => [...new Set(names)].sort();

/** Returns the matches of the first group of `pattern` in the source. */
const found = (pattern: RegExp): readonly string[] => sorted([...source.matchAll(pattern)].map(([, name]) => name ?? ''));

/** The pages of the walkthrough, and the README of the sample workspace. */
const pages = [...globSync('media/walkthrough/*.md', { cwd: root }), 'samples/README.md'].map((file) => ({
  file,
  text: readFileSync(join(root, file), 'utf8'),
}));

/** All commands that a menu, a key, or a link in a text of the product names. */
const named = [
  ...[...Object.values(contributes.menus).flat(), ...contributes.keybindings]
    .map(({ command }) => command)
    .filter((command) => !command.startsWith('workbench.')),
  ...[...`${JSON.stringify(texts)} ${pages.map(({ text }) => text).join()}`.matchAll(/\(command:([^)?]+)/g)].map(
    ([, command]) => command ?? '',
  ),
];

const commands = sorted(contributes.commands.map(({ command }) => command));
const views = Object.values(contributes.views)
  .flat()
  .map(({ id }) => id);
/** The view of what was found, which is only there when something was searched for. */
const FOUND = 'stableMemory.found';
/** The views of a memory. The protocol names them. */
const memoryViews = contributes.views.stableMemory.map(({ id }) => id).filter((id) => id !== FOUND);

describe('commands', () => {
  test('the contributed commands are the registered ones', () => {
    expect(found(/'(stableMemory\.\w+)': \(/g)).toEqual(commands);
  });

  test('menus, links and keys name no others', () => {
    const run = named.filter((command) => !command.endsWith('.focus'));
    expect(run.filter((command) => !commands.includes(command))).toEqual([]);
  });

  test('links that focus a view name one that exists', () => {
    const focused = named.filter((command) => command.endsWith('.focus')).map((command) => command.slice(0, -'.focus'.length));
    expect(focused.filter((view) => !views.includes(view))).toEqual([]);
  });

  test('commands that need a row or a step are not in the palette', () => {
    const anywhere = [
      'findKey',
      'goToLastWrite',
      'goToNextWrite',
      'toggleHex',
      'showShape',
      'exportPart',
      'openTable',
      'tryType',
    ].map((name) => `stableMemory.${name}`);
    const onRows = [...contributes.menus['view/item/context'], ...contributes.menus['debug/variables/context']]
      .map(({ command }) => command)
      .filter((command) => !anywhere.includes(command));
    const hidden = contributes.menus.commandPalette.filter(({ when }) => when === 'false').map(({ command }) => command);
    const others = [
      'selectRow',
      'selectFound',
      'showByte',
      'showMoreFound',
      'stepTo',
      'copyBytesAs',
      'copyRow',
      'copyRowAsJson',
      'compareWith',
      'compareWithGit',
    ].map((name) => `stableMemory.${name}`);
    expect(sorted(hidden)).toEqual(sorted([...onRows, ...others]));
  });

  test('those that need an extension of others are there only while it is', () => {
    // Each extension that the code names, and the commands that need it, with the context key that is set while it is there.
    const needed: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      'eclipse-cdt.memory-inspector': {},
      'ms-vscode.hexeditor': { 'stableMemory.openInHexEditor': 'stableMemory.hasHexEditor' },
    };
    expect(found(/EXTENSION = '([\w.-]+)'/g)).toEqual(sorted(Object.keys(needed)));
    for (const [command, key] of Object.values(needed).flatMap(Object.entries)) {
      expect(source).toContain(`executeCommand('setContext', '${key}', `);
      const entries = Object.values(contributes.menus).flat();
      const conditions = entries.flatMap((entry) => (entry.command === command ? [entry.when] : []));
      expect(conditions.length).toBeGreaterThan(0);
      for (const condition of conditions) expect(condition).toMatch(new RegExp(`(^|&& )${key}\\b`));
      expect(contributes.commands.find((one) => one.command === command)).toMatchObject({ enablement: key });
    }
  });

  test('no menu names a command of another extension', () => {
    const others = [...contributes.commands, ...Object.values(contributes.menus).flat()].map(({ command }) => command);
    expect(others.filter((command) => !command.startsWith('stableMemory.'))).toEqual([]);
  });

  test('each has a unique title', () => {
    const titles = contributes.commands.map(({ title }) => title);
    expect(sorted(titles)).toHaveLength(titles.length);
  });

  test('keys count only where one steps through a trace, or reads one, or looks at a snapshot', () => {
    for (const { when } of contributes.keybindings)
      expect(when).toMatch(
        /^((debugType == 'stable-memory'|editorTextFocus && editorLangId == smtrace) && |activeCustomEditorId =~ \/\^stableMemory)/,
      );
  });
});

describe('the walkthrough and the samples', () => {
  const names: readonly string[] = Object.values(texts);
  /** The label of a lens, which package.json does not have. */
  const lenses = ['Step to It'];
  const ofVsCode = ['Run and Debug'];
  /** Labels in the timeline view. */
  const ofPages = ['Why here'];

  test.each(pages)('$file names commands and views by their titles', ({ text }) => {
    const shown = [...text.matchAll(/(?<!\*)\*([^*]+)\*(?!\*)/g)].map(([, name]) =>
      (name ?? '').replace('Stable Memory: ', '').replace('\n', ' '),
    );
    expect(shown.filter((name) => ![...names, ...lenses, ...ofVsCode, ...ofPages].includes(name))).toEqual([]);
  });

  test.each(pages)('$file names keys that are bound', ({ text }) => {
    const bound = contributes.keybindings.map(({ key }) => key);
    const keys = [...text.matchAll(/\b(?:Shift\+)?Alt\+F\d+/g)].map(([key]) => key.toLowerCase());
    expect(keys.filter((key) => !bound.includes(key))).toEqual([]);
  });

  test('the links of the samples lead to samples', () => {
    const links = [...(pages.at(-1)?.text ?? '').matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link ?? '');
    const made = readFileSync(join(root, 'tools/samples.ts'), 'utf8');
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter((link) => !made.includes(`'${link}'`) && !existsSync(join(root, 'samples', link)))).toEqual([]);
  });
});

test('what runs a module of the workspace needs trust in it', () => {
  expect(manifest.capabilities.untrustedWorkspaces.supported).toBe('limited');
  const guarded = contributes.commands.filter(({ enablement }) => enablement === 'isWorkspaceTrusted');
  expect(sorted(guarded.map(({ command }) => command))).toEqual([
    'stableMemory.chooseModule',
    'stableMemory.recordTrace',
    'stableMemory.rehearseUpgrade',
  ]);
});

describe('views and editors', () => {
  test('the views are those that the protocol names', () => {
    const protocol = readFileSync(join(root, 'engine/views/protocol.ts'), 'utf8');
    const names = /ViewName = ([^;]+);/.exec(protocol)?.[1]?.match(/\w+/g) ?? [];
    expect(sorted(memoryViews)).toEqual(sorted(names.map((name) => `stableMemory.${name}`)));
  });

  test('every view has a welcome text, with a memory and without', () => {
    const texts = contributes.viewsWelcome.flatMap(({ view, when }) => (when === undefined ? [] : `${view} ${when}`));
    expect(views.filter((view) => !contributes.viewsWelcome.some((welcome) => welcome.view === view))).toEqual([]);
    const wanted = memoryViews.flatMap((view) => [`${view} stableMemory.hasMemory`, `${view} !stableMemory.hasMemory`]);
    expect(sorted(texts)).toEqual(sorted(wanted));
  });

  test('the custom editors are those registered', () => {
    const registered = found(/_EDITOR = '([\w.]+)'/g);
    expect(registered).toEqual(sorted(contributes.customEditors.map(({ viewType }) => viewType)));
  });

  test('the panels that a window opens again wake the extension up', () => {
    const restored = found(/registerWebviewPanelSerializer\((\w+)/g).flatMap((name) =>
      found(new RegExp(`export const ${name} = '([\\w.]+)'`, 'g')),
    );
    expect(restored.length).toBeGreaterThan(3);
    const events = manifest.activationEvents.filter((event) => event.startsWith('onWebviewPanel:'));
    expect(sorted(events)).toEqual(sorted(restored.map((type) => `onWebviewPanel:${type}`)));
  });

  test('the text of a trace is not opened as a trace again', () => {
    const trace = contributes.customEditors.find(({ viewType }) => viewType === 'stableMemory.trace');
    for (const { filenamePattern } of trace?.selector ?? []) expect(filenamePattern).toMatch(/^\{file,vscode-remote\}:\//);
  });
});

describe('settings', () => {
  test('the contributed settings are the ones that are read', () => {
    const read = found(/settings\.get\('([\w.]+)'/g).map((name) => `stableMemory.${name}`);
    expect(read).toEqual(sorted(Object.keys(contributes.configuration.properties)));
  });

  test('their defaults in the code are those of package.json', () => {
    const { properties } = contributes.configuration;
    for (const [name, { default: value }] of Object.entries(properties)) {
      const inCode = new RegExp(`'${name.replace('stableMemory.', '')}', ([^)]+)\\)`).exec(source)?.[1] ?? '';
      expect(JSON.parse(inCode.replaceAll('_', '').replaceAll("'", '"')), name).toBe(value);
    }
  });
});

describe('languages and debugging', () => {
  const ids = contributes.languages.map(({ id }) => id);

  test('every language has a grammar', () => {
    expect(contributes.grammars.map(({ language }) => language)).toEqual(ids);
  });

  test('the debug type is the one in the code', () => {
    expect(contributes.debuggers.map(({ type }) => type)).toEqual(found(/DEBUG_TYPE = '([\w-]+)'/g));
  });

  test('breakpoints are where the debugger is', () => {
    expect(contributes.breakpoints.map(({ language }) => language)).toEqual(contributes.debuggers[0]?.languages);
  });

  test('the read-only documents wake the extension up', () => {
    const schemes = found(/_SCHEME = '([\w-]+)'/g).map((scheme) => `onFileSystem:${scheme}`);
    expect(manifest.activationEvents).toEqual(expect.arrayContaining([...schemes]));
  });
});

describe('files', () => {
  const paths = [...JSON.stringify(contributes).matchAll(/"((?:media|syntaxes|language)\/[^"]+)"/g)].map(
    ([, path]) => path ?? '',
  );

  test.each(sorted([...paths, manifest.icon]))('%s exists', (path) => {
    expect(existsSync(join(root, path))).toBe(true);
  });

  test.each(globSync('syntaxes/*.json', { cwd: root }))('%s has valid patterns', (file) => {
    const grammar = readFileSync(join(root, file), 'utf8');
    const patterns = [...grammar.matchAll(/"(?:match|begin|end)": ("(?:[^"\\]|\\.)*")/g)].map(([, text]) =>
      String(JSON.parse(text ?? '')),
    );
    for (const pattern of patterns) expect(() => new RegExp(pattern, 'u')).not.toThrow();
  });

  test('the package fetches nothing from the network and does not start with every window', () => {
    expect(manifest.activationEvents).not.toContain('*');
    expect(manifest.activationEvents).not.toContain('onStartupFinished');
    expect(source).not.toMatch(/https?:\/\/(?!json-schema)/);
  });
});

test('the schema of labels knows every kind of structure', () => {
  expect(sorted(labels.definitions.space.properties.structure.enum)).toEqual(sorted(STRUCTURE_KINDS));
});
