import type { Finding } from '../../core/findings.ts';
import { formatBytes, formatCount, formatCounted } from '../../core/format.ts';
import { at, byteLength } from '../../core/memory/memory.ts';
import { FIRST_REGION } from '../../motoko/regions/layout.ts';
import { BLOCK_BYTES } from '../../motoko/regions/mapping.ts';
import type { Space } from '../space.ts';

/** Maximum findings; the last one also counts the regions that are not reported. */
const MAX_FINDINGS = 50;

/** Source of the knowledge which regions the variables lead to. */
export type Evidence = 'stable-variables' | 'heap';

/**
 * Returns a finding for each region with blocks that nothing leads to any more: the blocks are lost, as a program can reach a
 * region only through a value that it has kept. The stable variables before an upgrade prove this. A heap proves it as far as all
 * live values were found.
 */
export function unreachableRegions(
  spaces: readonly Space[],
  reached: ReadonlySet<number>,
  evidence: Evidence,
): readonly Finding[] {
  const own = spaces.filter(({ kind, id, pieces }) => kind === 'region' && id >= FIRST_REGION && pieces.length > 0);
  const lost = own.filter(({ id }) => !reached.has(id));
  const others = lost.slice(MAX_FINDINGS - 1);
  return lost.slice(0, MAX_FINDINGS).map((space, index) => {
    const { memory, id, pieces } = space;
    const blocks = formatCounted(pieces.length, 'block');
    const said = `${NOTHING_LEADS_TO[evidence]} region ${id}: its ${formatCounted(memory.pages, 'page')} in ${blocks}, ${bytesOf([space])}, are lost.`;
    const all =
      index === 0 && lost.length > 1
        ? ` Of ${formatCounted(own.length, 'region')} with blocks ${formatCount(lost.length)} are lost, ${bytesOf(lost)} in all.`
        : '';
    const more =
      index === MAX_FINDINGS - 1 && others.length > 1 ? ` So are ${formatCounted(others.length - 1, 'other region')}.` : '';
    return {
      code: 'region.unreachable',
      memory,
      at: { start: at(0, 0), length: byteLength(memory) },
      message: `${said}${all}${more}${CERTAINTY[evidence]}`,
      wasted: pieces.length * BLOCK_BYTES,
    };
  });
}

const NOTHING_LEADS_TO: Readonly<Record<Evidence, string>> = {
  'stable-variables': 'No stable variable leads to',
  heap: 'Nothing on the heap in wasm_memory.bin leads to',
};

const CERTAINTY: Readonly<Record<Evidence, string>> = {
  'stable-variables': '',
  heap: " This is certain only if all of the canister's variables and pending calls were found.",
};

function bytesOf(spaces: readonly Space[]): string {
  return formatBytes(spaces.reduce((blocks, { pieces }) => blocks + pieces.length, 0) * BLOCK_BYTES);
}
