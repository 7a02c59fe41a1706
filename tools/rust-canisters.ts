/**
 * Compiles the Rust canisters of the tests into the cache folder, and prints their paths: `node tools/run.mjs tools/rust-canisters.ts`.
 *
 *   --newest    also those with the newest libraries, whose compiler is another 150 MB, in minutes
 */

import { relative } from 'node:path';
import { buildRustCanister, type RustCanister } from '../test/canisters/rust/build.ts';
import { main, root } from './project.ts';

const quick: readonly RustCanister[] = ['quick', 'quick-next'];
const newest: readonly RustCanister[] = ['newest', 'newest-next'];

await main(async () => {
  const names = process.argv.includes('--newest') ? [...quick, ...newest] : quick;
  let failed = false;
  for (const name of names) {
    const built = await buildRustCanister(name);
    failed ||= !built.ok;
    if (built.ok) console.log(`${name}: ${relative(root, built.path)}, ${built.module.length.toLocaleString('en')} bytes`);
    else console.error(built.reason);
  }
  return failed ? 1 : 0;
});
