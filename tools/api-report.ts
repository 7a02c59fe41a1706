/**
 * Writes `docs/api/engine.md`, every name that `@stable-memory/engine` exports with its declared type: `npm run api`. A test fails when
 * the package declares something else than the page says.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildEngine, ENTRIES } from './engine-package.ts';
import { main, root } from './project.ts';

export const apiPage = join(root, 'docs', 'api', 'engine.md');

/** A declaration file: what it declares, and where else its names come from. */
interface Module {
  readonly declarations: ReadonlyMap<string, string>;
  /** By the name here: the file, and the name there. */
  readonly imports: ReadonlyMap<string, readonly [file: string, name: string]>;
  /** Names that the file passes on from others. Of a class that is not passed on as a value, nobody can call the constructor. */
  readonly exports: ReadonlyMap<string, { readonly file: string; readonly original: string; readonly isValue: boolean }>;
}

/** Returns the page for a built package. */
export function apiReport(folder: string): string {
  const modules = new Map<string, Module>();
  const moduleOf = (file: string): Module => {
    const module = modules.get(file) ?? readModule(folder, file);
    modules.set(file, module);
    return module;
  };
  const lines = [
    '# The API of `@stable-memory/engine`',
    '',
    'Every exported name with its declared type. A change of this page is a change for users of the package.',
    '',
    '<!-- Made by `npm run api` from the declarations of the built package. -->',
  ];
  const shown = new Set<string>();
  const waiting: (readonly [file: string, name: string])[] = [];
  const show = (file: string, name: string, isValue: boolean): string => {
    shown.add(`${file} ${name}`);
    const { declarations, imports } = moduleOf(file);
    const declared = declarations.get(name);
    const elsewhere = imports.get(name);
    if (declared === undefined && elsewhere !== undefined) return show(...elsewhere, isValue);
    if (declared === undefined) throw new Error(`${file} exports ${name} and does not declare it.`);
    const text = isValue ? declared : declared.replaceAll(/^ {4}constructor\(.*\n/gm, '');
    if (text.startsWith('const ')) return text;
    for (const [word] of text.matchAll(/\b[A-Za-z_]\w*\b/g)) {
      if (imports.has(word)) waiting.push(imports.get(word) ?? [file, word]);
      else if (declarations.has(word)) waiting.push([file, word]);
    }
    return text;
  };
  for (const [entry, source] of Object.entries(ENTRIES)) {
    const names = [...moduleOf(source.replace(/\.ts$/, '.d.ts')).exports].sort(([a], [b]) => compare(a, b));
    lines.push('', `## \`@stable-memory/engine${entry.slice(1)}\``, '', '```ts');
    for (const [name, { file, original, isValue }] of names) {
      const text = show(file, original, isValue);
      lines.push(name === original ? text : `// ${name}:\n${text}`);
    }
    lines.push('```');
  }
  const inner: string[] = [];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (!shown.has(next.join(' '))) inner.push(show(...next, false));
  }
  lines.push('', '## What these name, and no entry exports', '', '```ts', ...inner.sort(compare), '```');
  return `${lines.join('\n')}\n`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const NAMED = /^(?:export )?(?:declare )?(?:abstract )?(?:class|interface|type|const|let|var|function) (\w+)/;

/** Reads a declaration file as TypeScript writes it: each statement begins at the start of a line, and nothing else does but its end. */
function readModule(folder: string, file: string): Module {
  const text = readFileSync(join(folder, file), 'utf8').replaceAll(/ *\/\*\*[\s\S]*?\*\/\n?/g, '');
  const declarations = new Map<string, string>();
  const imports = new Map<string, readonly [string, string]>();
  const exports = new Map<string, { file: string; original: string; isValue: boolean }>();
  for (const statement of text.split(/^(?=(?:import|export|declare|type|interface|class|abstract|const|function)\b)/m)) {
    const [, verb, type, names = '', from] = /^(import|export) (type )?\{([^}]*)\} from '([^']+)'/.exec(statement) ?? [];
    if (from !== undefined) {
      const target = join(dirname(file), from).replace(/\.js$/, '.d.ts');
      for (const [, original = '', alias = original] of names.matchAll(/(\w+)(?: as (\w+))?(?=\s*(?:,|$))/g)) {
        if (verb === 'import') imports.set(alias, [target, original]);
        else exports.set(alias, { file: target, original, isValue: type === undefined });
      }
      continue;
    }
    const name = NAMED.exec(statement)?.[1];
    if (name === undefined) continue;
    const before = declarations.get(name);
    declarations.set(name, before === undefined ? tidy(statement) : `${before}\n${tidy(statement)}`);
  }
  return { declarations, imports, exports };
}

/** Returns a statement without its `export`, and a constant table without the texts in it. */
function tidy(statement: string): string {
  const text = statement
    .trim()
    .replace(/^export /, '')
    .replace(/^declare /, '');
  return text.startsWith('const ') ? text.replaceAll(/^( {4}readonly [^\n]*: \{)\n[\s\S]*?^ {4}\};/gm, '$1 … };') : text;
}

if (process.argv[1] === import.meta.filename)
  await main(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'engine-'));
    try {
      await buildEngine(folder);
      writeFileSync(apiPage, apiReport(folder));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    return 0;
  });
