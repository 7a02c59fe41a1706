import { formatBytes, formatCount, formatCounted, formatCycles } from '../../engine/core/format.ts';
import type { OtherSizes, WhatIf } from '../../engine/views/protocol.ts';

const PAGE = 65_536;

interface OtherBucketsProps {
  readonly id: string;
  readonly memories: OtherSizes['memories'];
  readonly present: WhatIf;
  readonly size: WhatIf;
}

/** Each memory in buckets of the present and of another size, and what a migration would take. */
export function OtherBuckets({ id, memories, present, size }: OtherBucketsProps) {
  const pages = sum(memories.map((memory) => memory.pages));
  const total = ({ memories: buckets }: WhatIf) => sum(buckets);
  return (
    <div id={id} class="other-buckets">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable with the keyboard. */}
      <section class="table" aria-label="Buckets of each memory" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Memory</th>
              <th scope="col" class="pages">
                Pages
              </th>
              <th scope="colgroup" colSpan={2}>
                Buckets
              </th>
              <th scope="colgroup" colSpan={2}>
                Slack
              </th>
            </tr>
          </thead>
          <tbody>
            {memories.map((memory, index) => {
              const [before = 0, after = 0] = [present.memories[index], size.memories[index]];
              return (
                <tr key={memory.id}>
                  <th scope="row" title={`${memory.name}: ${formatCounted(memory.pages, 'page')}`}>
                    {memory.name}
                  </th>
                  <td class="pages">{formatCount(memory.pages)}</td>
                  <Change before={formatCount(before)} after={formatCount(after)} />
                  <Change
                    before={formatBytes(slack(memory.pages, before, present))}
                    after={formatBytes(slack(memory.pages, after, size))}
                  />
                </tr>
              );
            })}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">all {formatCount(memories.length)}</th>
              <td class="pages">{formatCount(pages)}</td>
              <Change before={formatCount(total(present))} after={formatCount(total(size))} />
              <Change
                before={formatBytes(slack(pages, total(present), present))}
                after={formatBytes(slack(pages, total(size), size))}
              />
            </tr>
          </tfoot>
        </table>
      </section>
      <dl>
        <Fact name="Image" before={formatBytes(present.bytes)} after={formatBytes(size.bytes)} />
        <Fact
          name="Cycles a year"
          before={formatCycles(present.cyclesPerYear)}
          after={size.fits ? formatCycles(size.cyclesPerYear) : 'not possible'}
        />
        <Fact name="All memories at most" before={formatBytes(present.ceiling)} after={formatBytes(size.ceiling)} />
        <div>
          <dt>A migration reads and writes</dt>
          <dd title="Every page of every memory, once: into another canister, or over a copy outside of this one.">
            {formatBytes(pages * PAGE)}
          </dd>
        </div>
      </dl>
    </div>
  );
}

interface ChangeProps {
  readonly before: string;
  readonly after: string;
}

/** Two cells of a row: the value now, and the other one. */
function Change({ before, after }: ChangeProps) {
  return (
    <>
      <td class="before">{before} →</td>
      <td class="after">{after}</td>
    </>
  );
}

function Fact({ name, before, after }: ChangeProps & { readonly name: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <span class="before">{before} →</span> {after}
      </dd>
    </div>
  );
}

function slack(pages: number, buckets: number, { pages: bucketPages }: WhatIf): number {
  return (buckets * bucketPages - pages) * PAGE;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
