import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const PACKAGE = dirname(createRequire(import.meta.url).resolve('playwright-core/package.json'));

/** A module that a compiler made from C++, half a megabyte long. */
export const REAL_MODULE: Uint8Array<ArrayBuffer> = Uint8Array.from(readFileSync(join(PACKAGE, 'lib', 'webp_codec.wasm')));
