import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { peerProgram } from '../../tools/peers.ts';
import type { Checkpoint, Step } from './steps.ts';

/** Releases of the library that a peer was built with. */
export type Release = '0.7.2' | '0.7.1' | '0.6.9' | '0.5.6';

/** Does all steps on the real library, and gives what the checkpoints among them say. */
export function runPeer(release: Release, steps: readonly Step[]): readonly Checkpoint[] {
  const program = peerProgram(release === '0.7.1' ? 'reclaiming-peer' : 'stable-structures-peer');
  if (!existsSync(program)) throw new Error(`${program} is missing: "npm test -- peers" builds it.`);
  const input = steps.map((step) => `${JSON.stringify(step)}\n`).join('');
  const { status, stdout, stderr } = spawnSync(program, [release], { input, encoding: 'utf8', maxBuffer: 1 << 29 });
  if (status !== 0) throw new Error(`The peer ended with ${status}: ${stderr}`);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}
