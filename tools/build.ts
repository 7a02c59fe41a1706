/**
 * Builds `dist/` with esbuild: `npm run build`, or `npm run build -- --watch`.
 *
 * The table below lists each bundle with its environment. `vscode` is the editor's own module and never bundled.
 */
import { globSync, statSync } from 'node:fs';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type BuildOptions, build, context, type Metafile, type Plugin } from 'esbuild';
import { writeNotices } from './dependencies/notices.ts';
import { cache, main, root, Unavailable } from './project.ts';
import { makeExecutable, SCHEMAS, separateSchemas, TERMINAL } from './terminal-bundle.ts';

interface Bundle {
  readonly entry: string;
  readonly out: string;
  readonly runs: 'extension host' | 'terminal' | 'browser' | 'as it is';
}

/** The reader and writer of Candid's text. Its code loads the module beside it, and is itself loaded when a recording starts. */
const didc = 'node_modules/@dfinity/didc/dist/nodejs';
const copies = [{ from: `${didc}/didc_bg.wasm`, to: 'dist/didc_bg.wasm' }] as const;

const bundles: readonly Bundle[] = [
  { entry: 'extension/host/extension.ts', out: 'dist/extension.cjs', runs: 'extension host' },
  // Half of all code. extension.ts imports it dynamically, so that activation does not wait for it.
  { entry: 'extension/host/language/client.ts', out: 'dist/client.cjs', runs: 'extension host' },
  { entry: 'extension/worker/main.ts', out: 'dist/worker.cjs', runs: 'extension host' },
  // Loaded when somebody exports such a file.
  { entry: 'servers/export/parquet.ts', out: 'dist/parquet.cjs', runs: 'extension host' },
  // Loaded when somebody tries another type.
  { entry: SCHEMAS.entry, out: SCHEMAS.out, runs: 'extension host' },
  { entry: 'extension/worker/recorder.ts', out: 'dist/recorder.cjs', runs: 'extension host' },
  { entry: `${didc}/didc.js`, out: 'dist/didc.cjs', runs: 'as it is' },
  { entry: 'cli/main.ts', out: 'dist/stable-memory.mjs', runs: 'terminal' },
  { entry: 'webview/main.tsx', out: 'dist/webview/editor.js', runs: 'browser' },
  { entry: 'webview/table/main.tsx', out: 'dist/webview/table.js', runs: 'browser' },
  { entry: 'webview/compare/main.tsx', out: 'dist/webview/compare.js', runs: 'browser' },
  { entry: 'webview/timeline/main.tsx', out: 'dist/webview/timeline.js', runs: 'browser' },
];

const settings: Readonly<Record<Bundle['runs'], BuildOptions>> = {
  // A dynamic import becomes a late `require`, because only `require` can load `vscode`.
  'extension host': {
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['vscode'],
    supported: { 'dynamic-import': false },
  },
  terminal: TERMINAL,
  'as it is': { bundle: false },
  browser: { platform: 'browser', target: 'es2022', format: 'iife', jsx: 'automatic', jsxImportSource: 'preact' },
};

/** Turns a dynamic import of another bundle's entry into an import of that bundle's file next to this one. */
const separateBundles: Plugin = {
  name: 'separate-bundles',
  setup({ onResolve }) {
    onResolve({ filter: /\.tsx?$/ }, ({ kind, path, resolveDir }) => {
      const target = bundles.find((bundle) => join(root, bundle.entry) === resolve(resolveDir, path));
      return kind === 'dynamic-import' && target ? { path: `./${basename(target.out)}`, external: true } : undefined;
    });
  },
};

/** Turns an import of the reader of Candid's text into one of its file next to the bundle. */
const separateDidc: Plugin = {
  name: 'separate-didc',
  setup({ onResolve }) {
    onResolve({ filter: /^@dfinity\/didc$/ }, () => ({ path: './didc.cjs', external: true }));
  },
};

function optionsOf(bundle: Bundle, watch: boolean): BuildOptions {
  return {
    bundle: true,
    ...settings[bundle.runs],
    entryPoints: [join(root, bundle.entry)],
    outfile: join(root, bundle.out),
    absWorkingDir: root,
    minify: !watch,
    sourcemap: watch ? 'linked' : false,
    legalComments: 'none',
    // The command line is one file, but for types.
    plugins: bundle.runs === 'terminal' ? [separateDidc, separateSchemas] : [separateDidc, separateBundles],
    loader: { '.svg': 'text', '.ttf': 'file' },
    logLevel: 'warning',
  };
}

async function buildOnce(): Promise<number> {
  await mkdir(join(cache, 'meta'), { recursive: true });
  const metafiles = await Promise.all(bundles.map(buildBundle)).catch(() => {
    throw new Unavailable('The build failed. See the messages above.');
  });
  await copyFiles();
  const files = [...metafiles.flatMap(({ outputs }) => Object.keys(outputs)), ...copies.map(({ to }) => to)].sort();
  writeNotices(metafiles, join(root, 'dist', 'NOTICES.txt'));
  for (const file of files) console.log(`  ${kibibytes(statSync(join(root, file)).size)}  ${file}`);

  const stale = globSync('dist/**/*.*', { cwd: root }).filter(
    (file) => ![...files, 'dist/NOTICES.txt'].includes(file.replaceAll('\\', '/')),
  );
  for (const file of stale) await rm(join(root, file));
  return 0;
}

/** Builds one bundle, and returns esbuild's metafile. Writes it to `.cache/meta` too. */
async function buildBundle(bundle: Bundle): Promise<Metafile> {
  const { metafile } = await build({ ...optionsOf(bundle, false), metafile: true });
  if (bundle.runs === 'terminal') await makeExecutable(join(root, bundle.out));
  await writeFile(join(cache, 'meta', `${basename(bundle.out)}.json`), JSON.stringify(metafile));
  return metafile;
}

async function copyFiles(): Promise<void> {
  await mkdir(join(root, 'dist'), { recursive: true });
  for (const { from, to } of copies) await copyFile(join(root, from), join(root, to));
}

async function watch(): Promise<number> {
  await copyFiles();
  for (const bundle of bundles) await (await context({ ...optionsOf(bundle, true), logLevel: 'info' })).watch();
  return 0;
}

const kibibytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KiB`.padStart(11);

await main(async () => {
  return process.argv.includes('--watch') ? watch() : buildOnce();
});
