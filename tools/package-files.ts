/** The files of a package that npm publishes. */
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Copies the manifest of a package, and the files that it names as published, into a folder. */
export function copyPackage(from: string, to: string): void {
  const { files } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  mkdirSync(to, { recursive: true });
  for (const file of ['package.json', 'README.md', 'LICENSE', ...files]) {
    if (existsSync(join(from, file))) cpSync(join(from, file), join(to, file), { recursive: true });
  }
}
