import { useRef } from 'preact/hooks';
import { formatCounted } from '../../../engine/core/format.ts';
import type { PairRow } from '../../../engine/views/diff/page.ts';
import { useOneTabStop } from '../../keyboard/one-tab-stop.ts';
import type { CompareModel } from '../state/compare-model.ts';
import type { ComparedFolders } from '../state/compare-state.ts';

const SIGNS: Readonly<Record<PairRow['state'], readonly [sign: string, word: string, kind: string]>> = {
  waiting: ['', 'waits', ''],
  comparing: ['…', 'is compared', ''],
  same: ['=', 'same', ''],
  different: ['~', 'different', 'changed'],
  added: ['+', 'only after', 'added'],
  removed: ['−', 'only before', 'removed'],
  failed: ['!', 'not compared', 'removed'],
};

interface PairListProps {
  readonly model: CompareModel;
  readonly folders: ComparedFolders;
}

/** The snapshots in two folders by name, and whether they differ. One that is chosen opens in a view of its own. */
export function PairList({ model, folders: { before, after, pairs } }: PairListProps) {
  const list = useRef<HTMLUListElement>(null);
  const keys = useOneTabStop(list);
  return (
    <>
      <header>
        {([before, after] as const).map((name, index) => (
          <div key={index === 0 ? 'before' : 'after'} class={`title ${index === 0 ? 'before' : 'after'}`}>
            <h1>
              <span class="announcement">{index === 0 ? 'before' : 'after'}: </span>
              {name}
            </h1>
          </div>
        ))}
        <span class="swap quiet" aria-hidden="true">
          →
        </span>
      </header>
      <p class="sentences" role="status">
        <b>{conclusionOf(pairs)}</b> Choose a pair to see what differs.
      </p>
      <ul class="pairs" ref={list} {...keys}>
        {pairs.map(({ name, state, text }, index) => {
          const [sign, word, kind] = SIGNS[state];
          return (
            <li key={name}>
              <button
                type="button"
                class="pair"
                {...(index === 0 ? { 'data-pane': 'first' } : {})}
                aria-disabled={state === 'added' || state === 'removed'}
                onClick={() => model.openPair(name)}
              >
                <span class={`sign ${kind}`} aria-hidden="true">
                  {sign}
                </span>
                <span class="name">{name}</span>
                <span>{word}</span>
                <span class="text quiet">{text}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </>
  );
}

function conclusionOf(pairs: readonly PairRow[]): string {
  const count = (...states: readonly PairRow['state'][]) => pairs.filter(({ state }) => states.includes(state)).length;
  const all = formatCounted(pairs.length, 'snapshot');
  const left = count('waiting', 'comparing');
  if (left > 0) return `${pairs.length - left} of ${all} compared.`;
  const differing = pairs.length - count('same');
  return differing === 0 ? `All ${all} are the same.` : `${differing} of ${all} ${differing === 1 ? 'differs' : 'differ'}.`;
}
