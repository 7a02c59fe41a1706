/**
 * Asks the registry for known vulnerabilities of all packages: `npm run audit`. It fails only for severe ones in packages that are shipped,
 * after `npm run build`. Not every registry answers. Then it says so, and does not fail.
 */
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cache, main, root } from '../project.ts';

/** The part of npm's report that is read here. */
interface Report {
  readonly vulnerabilities?: Readonly<Record<string, { readonly severity: string; readonly range: string }>>;
}

const SEVERE: readonly string[] = ['high', 'critical'];

/** Returns npm's report; undefined if the registry does not answer. */
function askRegistry(): Report | undefined {
  // npm then answers as if there were none.
  if (process.env['npm_config_offline'] === 'true') return undefined;
  const { stdout } = spawnSync('npm', ['audit', '--json', '--fetch-retries=0', '--fetch-timeout=20000'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    shell: process.platform === 'win32',
  });
  try {
    const report: Report = JSON.parse(stdout);
    return report.vulnerabilities === undefined ? undefined : report;
  } catch {
    return undefined;
  }
}

/** Returns the packages whose code is in a bundle. */
function shippedPackages(): ReadonlySet<string> {
  const names = globSync('meta/*.json', { cwd: cache }).flatMap((file) => {
    const { inputs }: { readonly inputs: object } = JSON.parse(readFileSync(join(cache, file), 'utf8'));
    return Object.keys(inputs).flatMap(
      (input) =>
        input
          .split('node_modules/')
          .at(-1)
          ?.match(/^(@[^/]+\/)?[^/]+/)?.[0] ?? [],
    );
  });
  return new Set(names);
}

await main(async () => {
  const report = askRegistry();
  if (report === undefined) {
    console.log('The registry does not answer questions about vulnerabilities, so nothing was audited.');
    return 0;
  }
  const shipped = shippedPackages();
  const found = Object.entries(report.vulnerabilities ?? {});
  for (const [name, { severity, range }] of found)
    console.log(`${severity}: ${name} ${range}${shipped.has(name) ? ', which is shipped' : ''}`);
  if (found.length === 0) console.log('No package has a known vulnerability.');
  return found.some(([name, { severity }]) => shipped.has(name) && SEVERE.includes(severity)) ? 1 : 0;
});
