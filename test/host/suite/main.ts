/** Entry point of the extension host. Runs all test files next to this one, and writes the counts for the runner. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PATIENCE } from '../../patience.ts';

/** Prints a line with our mark, which the runner removes. */
const say = (line: string): void => console.log(`│${line}`);

export async function run(): Promise<void> {
  // Imported, never required: Mocha is an ES module, and older Node versions require those differently.
  const { default: Mocha } = await import('mocha');
  const mocha = new Mocha({ ui: 'bdd', timeout: 2 * PATIENCE, reporter: Mocha.reporters.Base });
  for (const file of readdirSync(__dirname).sort()) if (file.endsWith('.test.cjs')) mocha.addFile(join(__dirname, file));

  const failures = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    const failed: string[] = [];
    runner.on('suite', (suite) => say(suite.fullTitle()));
    runner.on('pass', ({ title, duration }) => say(`  ✓ ${title} (${duration ?? 0} ms)`));
    runner.on('pending', ({ title }) => say(`  - ${title}`));
    runner.on('fail', (test, error: Error) => {
      failed.push(test.fullTitle());
      say(`  ✗ ${test.fullTitle()}`);
      for (const line of (error.stack ?? error.message).split('\n').slice(0, 12)) say(`      ${line}`);
    });
    runner.once('end', () => {
      const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
      const counts = { passed: passes, failed: failures, skipped: pending, failures: failed };
      const result = process.env['STABLE_MEMORY_TEST_RESULT'];
      if (result !== undefined) writeFileSync(result, JSON.stringify(counts));
    });
  });
  if (failures > 0) throw new Error(`${failures} of the tests inside the extension host failed.`);
}
