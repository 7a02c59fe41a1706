import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { peerProgram } from '../../tools/peers.ts';
import type { Checkpoint, DumpStep, Step } from './steps.ts';

/** Releases of the library for which there is a peer. */
export type Release = '0.7.2' | '0.7.1' | '0.6.9' | '0.5.6';

/** Runs all steps on the real library. Returns the checkpoints among them. */
export function runPeer(release: Release, steps: readonly Step[]): readonly Checkpoint[] {
  return run(release === '0.7.1' ? 'reclaiming-peer' : 'stable-structures-peer', release, steps);
}

/** Saves values as upgrade hooks do. Returns the length of each. */
export function runDumps(steps: readonly DumpStep[]): readonly number[] {
  return run('stable-structures-peer', 'dump', steps).map(({ results }) => Number(results[0]));
}

function run(name: string, session: string, steps: readonly (Step | DumpStep)[]): readonly Checkpoint[] {
  const program = peerProgram(name);
  if (!existsSync(program)) throw new Error(`${program} is missing. Build it with "npm test -- peers".`);
  const input = steps.map((step) => `${JSON.stringify(step)}\n`).join('');
  const { status, stdout, stderr } = spawnSync(program, [session], { input, encoding: 'utf8', maxBuffer: 1 << 29 });
  if (status !== 0) throw new Error(`The peer exited with status ${status}: ${stderr}`);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}
