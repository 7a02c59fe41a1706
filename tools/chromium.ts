/** Finds the browser for the tests. Installs it on Debian as root. */
import { existsSync, readFileSync } from 'node:fs';
import { must, Unavailable } from './project.ts';

/** Paths of browsers. `CHROMIUM` can name another one; any browser of Chromium's family works. */
const places = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const find = (): string | undefined => places.find((path) => path !== undefined && existsSync(path));

/** Returns the path of a browser. @throws Unavailable if there is none. */
export async function chromium(): Promise<string> {
  const present = find();
  if (present !== undefined) return present;
  if (isDebian() && process.getuid?.() === 0) {
    console.log("Installing Debian's Chromium …");
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    await must('apt-get', ['update'], { quiet: true, env });
    await must('apt-get', ['install', '--yes', '--no-install-recommends', 'chromium'], { quiet: true, env });
    const installed = find();
    if (installed !== undefined) return installed;
  }
  const how = isDebian() ? 'install it with "sudo apt-get install chromium"' : 'install Chromium or Chrome';
  throw new Unavailable(`This test needs a Chromium browser, and none was found: ${how}, or set CHROMIUM to its path.`);
}

function isDebian(): boolean {
  return existsSync('/etc/os-release') && /^ID(_LIKE)?=.*debian/m.test(readFileSync('/etc/os-release', 'utf8'));
}
