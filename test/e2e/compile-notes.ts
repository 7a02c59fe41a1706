/**
 * Compiles `test/fixtures/record/notes.mo`, with classical persistence, which every Node can run: `compile-notes.ts FILE`. Runs
 * as a process of its own, because the compiler takes a gigabyte.
 */
import { writeFileSync } from 'node:fs';
import { compile } from '../peers/motoko/compile.ts';

const [, , target = ''] = process.argv;
writeFileSync(target, compile('../../fixtures/record/notes.mo', 'classicOP').wasm);
