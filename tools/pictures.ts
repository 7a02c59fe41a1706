/** Copies the readme's pictures from the last browser test: `npm run pictures`. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { cache, root } from './project.ts';

const PICTURES = ['editor', 'debugger'];

mkdirSync(join(root, 'docs', 'images'), { recursive: true });
for (const name of PICTURES) copyFileSync(join(cache, 'shots', `${name}.png`), join(root, 'docs', 'images', `${name}.png`));
