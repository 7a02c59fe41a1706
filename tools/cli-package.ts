/** Builds the package `stable-memory`, the command line, into `cli/dist/`: `npm run build:cli`. */
import { rmSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { build } from 'esbuild';
import { writeNotices } from './dependencies/notices.ts';
import { main, root } from './project.ts';
import { makeExecutable, SCHEMAS, separateSchemas, TERMINAL } from './terminal-bundle.ts';

export const cliFolder = join(root, 'cli');

/** Builds the package into a folder. */
export async function buildCli(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const outfile = join(folder, 'stable-memory.mjs');
  const settings = {
    absWorkingDir: root,
    bundle: true,
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
  } as const;
  const program = await build({
    ...TERMINAL,
    ...settings,
    entryPoints: [join(cliFolder, 'main.ts')],
    outfile,
    plugins: [separateSchemas],
  });
  const schemas = await build({
    ...settings,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    entryPoints: [join(root, SCHEMAS.entry)],
    outfile: join(folder, basename(SCHEMAS.out)),
  });
  await makeExecutable(outfile);
  writeNotices([program.metafile, schemas.metafile], join(folder, 'NOTICES.txt'));
}

if (process.argv[1] === import.meta.filename)
  await main(async () => {
    const folder = join(cliFolder, 'dist');
    await buildCli(folder);
    console.log(`  ${relative(root, folder)}`);
    return 0;
  });
