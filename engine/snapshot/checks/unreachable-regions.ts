import type { Finding } from '../../core/findings.ts';
import { formatBytes, formatCount, formatCounted } from '../../core/format.ts';
import { at, byteLength } from '../../core/memory/memory.ts';
import { FIRST_REGION } from '../../motoko/regions/layout.ts';
import { BLOCK_BYTES } from '../../motoko/regions/mapping.ts';
import type { Space } from '../space.ts';

/** Regions that are reported one by one; the last of these speaks for the others. */
const MAX_FINDINGS = 50;

/** How it is known which regions the variables lead to. */
export type Evidence = 'stable-variables' | 'heap';

/**
 * Reports the regions that have blocks and that nothing leads to any more: their blocks are lost, as a program gets at a region only by a
 * value that it has kept. A stable variable before an upgrade proves it. A heap proves it as far as everything that is alive was found.
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
    const said = `${LEADS[evidence]} region ${id}: its ${formatCounted(memory.pages, 'page')} in ${blocks}, ${bytesOf([space])}, are lost.`;
    const all =
      index === 0 && lost.length > 1
        ? ` Of ${formatCounted(own.length, 'region')} with blocks ${formatCount(lost.length)} are lost, ${bytesOf(lost)} in all.`
        : '';
    const more =
      index === MAX_FINDINGS - 1 && others.length > 1 ? ` So are ${formatCounted(others.length - 1, 'more region')}.` : '';
    return {
      code: 'region.unreachable',
      memory,
      at: { start: at(0, 0), length: byteLength(memory) },
      message: `${said}${all}${more}${SURE[evidence]}`,
    };
  });
}

const LEADS: Readonly<Record<Evidence, string>> = {
  'stable-variables': 'No stable variable leads to',
  heap: 'Nothing on the heap in wasm_memory.bin leads to',
};

const SURE: Readonly<Record<Evidence, string>> = {
  'stable-variables': '',
  heap: " This is as sure as that all of the canister's variables and pending calls were found.",
};

function bytesOf(spaces: readonly Space[]): string {
  return formatBytes(spaces.reduce((blocks, { pieces }) => blocks + pieces.length, 0) * BLOCK_BYTES);
}
