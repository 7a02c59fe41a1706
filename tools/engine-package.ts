/**
 * Builds the package `@stable-memory/engine` into `engine/dist/`: `npm run build:engine`. esbuild bundles the modules with their
 * dependencies; TypeScript writes the type declarations.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { build } from 'esbuild';
import { writeNotices } from './dependencies/notices.ts';
import { bin, cache, main, must, root } from './project.ts';

export const engineFolder = join(root, 'engine');

/** Source files of the entries below `engine/`, by the names of `exports`. */
export const ENTRIES: Readonly<Record<string, string>> = {
  '.': 'index.ts',
  './operate': 'operate.ts',
  './trace': 'trace.ts',
  './values': 'values.ts',
  './node': 'node/index.ts',
};

/** Builds the package into a folder. */
export async function buildEngine(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const sources = Object.values(ENTRIES).map((file) => join(engineFolder, file));
  const { metafile } = await build({
    entryPoints: sources,
    outdir: folder,
    outbase: engineFolder,
    absWorkingDir: root,
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2022',
    external: ['node:*'],
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
  });
  writeNotices([metafile], join(folder, 'NOTICES.txt'));
  await writeDeclarations(folder);
}

/** Writes only the declarations that the entries import, directly or not. */
async function writeDeclarations(folder: string): Promise<void> {
  mkdirSync(cache, { recursive: true });
  const all = mkdtempSync(join(cache, 'declarations-'));
  try {
    await must(bin('tsc'), ['-p', join(engineFolder, 'tsconfig.package.json'), '--outDir', all]);
    const waiting = Object.values(ENTRIES).map(declarationOf);
    const written = new Set<string>();
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      if (written.has(file)) continue;
      written.add(file);
      const text = readFileSync(join(all, file), 'utf8');
      const target = join(folder, file);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(
        target,
        text.replaceAll(RELATIVE_IMPORT, (_, before, path) => `${before}${path}.js`),
      );
      for (const [, , path = ''] of text.matchAll(RELATIVE_IMPORT)) waiting.push(`${normalize(join(dirname(file), path))}.d.ts`);
    }
  } finally {
    rmSync(all, { recursive: true, force: true });
  }
}

/** Matches an import of a module of this project in a declaration file. */
const RELATIVE_IMPORT = /((?:from |import\()['"])(\.[^'"]*)\.ts(?=['"])/g;

function declarationOf(source: string): string {
  return source.replace(/\.ts$/, '.d.ts');
}

if (process.argv[1] === import.meta.filename)
  await main(async () => {
    const folder = join(engineFolder, 'dist');
    await buildEngine(folder);
    console.log(`  ${relative(root, folder)}`);
    return 0;
  });
