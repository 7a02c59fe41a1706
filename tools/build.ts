/**
 * Builds `dist/` with esbuild: `npm run build`, or `npm run build -- --watch`.
 *
 * Each bundle stands in the table below with where it runs. `vscode` is the editor's own module and never bundled.
 */
import { globSync, statSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type BuildOptions, build, context, type Metafile, type Plugin } from 'esbuild';
import { writeNotices } from './notices.ts';
import { cache, main, root, Unavailable } from './project.ts';
import { makeExecutable, TERMINAL } from './terminal-bundle.ts';

interface Bundle {
  readonly entry: string;
  readonly out: string;
  readonly runs: 'extension host' | 'terminal' | 'browser';
}

const bundles: readonly Bundle[] = [
  { entry: 'extension/host/extension.ts', out: 'dist/extension.cjs', runs: 'extension host' },
  // Half of all code: extension.ts imports it dynamically, so that activation does not wait for it.
  { entry: 'extension/host/language/client.ts', out: 'dist/client.cjs', runs: 'extension host' },
  { entry: 'extension/worker/main.ts', out: 'dist/worker.cjs', runs: 'extension host' },
  { entry: 'cli/main.ts', out: 'dist/stable-memory.mjs', runs: 'terminal' },
  { entry: 'webview/main.tsx', out: 'dist/webview/editor.js', runs: 'browser' },
];

const settings: Readonly<Record<Bundle['runs'], BuildOptions>> = {
  // A dynamic import becomes a late `require`: that is what the editor lets see `vscode`.
  'extension host': {
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['vscode'],
    supported: { 'dynamic-import': false },
  },
  terminal: TERMINAL,
  browser: { platform: 'browser', target: 'es2022', format: 'iife', jsx: 'automatic', jsxImportSource: 'preact' },
};

/** A dynamic import of another bundle's entry stays an import, of that bundle's file beside this one. */
const separateBundles: Plugin = {
  name: 'separate-bundles',
  setup({ onResolve }) {
    onResolve({ filter: /\.tsx?$/ }, ({ kind, path, resolveDir }) => {
      const target = bundles.find((bundle) => join(root, bundle.entry) === resolve(resolveDir, path));
      return kind === 'dynamic-import' && target ? { path: `./${basename(target.out)}`, external: true } : undefined;
    });
  },
};

function optionsOf(bundle: Bundle, watch: boolean): BuildOptions {
  return {
    ...settings[bundle.runs],
    entryPoints: [join(root, bundle.entry)],
    outfile: join(root, bundle.out),
    absWorkingDir: root,
    bundle: true,
    minify: !watch,
    sourcemap: watch ? 'linked' : false,
    legalComments: 'none',
    plugins: [separateBundles],
    loader: { '.svg': 'text', '.ttf': 'file' },
    logLevel: 'warning',
  };
}

async function buildOnce(): Promise<number> {
  await mkdir(join(cache, 'meta'), { recursive: true });
  const metafiles = await Promise.all(bundles.map(buildBundle)).catch(() => {
    throw new Unavailable('The build failed: the messages above say where.');
  });
  const files = metafiles.flatMap(({ outputs }) => Object.keys(outputs)).sort();
  writeNotices(metafiles, join(root, 'dist', 'NOTICES.txt'));
  for (const file of files) console.log(`  ${kibibytes(statSync(join(root, file)).size)}  ${file}`);

  const stale = globSync('dist/**/*.*', { cwd: root }).filter(
    (file) => ![...files, 'dist/NOTICES.txt'].includes(file.replaceAll('\\', '/')),
  );
  for (const file of stale) await rm(join(root, file));
  return 0;
}

/** Builds one bundle and returns what went into it, which is kept in `.cache/meta` too. */
async function buildBundle(bundle: Bundle): Promise<Metafile> {
  const { metafile } = await build({ ...optionsOf(bundle, false), metafile: true });
  if (bundle.runs === 'terminal') await makeExecutable(join(root, bundle.out));
  await writeFile(join(cache, 'meta', `${basename(bundle.out)}.json`), JSON.stringify(metafile));
  return metafile;
}

async function watch(): Promise<number> {
  for (const bundle of bundles) await (await context({ ...optionsOf(bundle, true), logLevel: 'info' })).watch();
  return 0;
}

const kibibytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KiB`.padStart(11);

await main(async () => {
  return process.argv.includes('--watch') ? watch() : buildOnce();
});
