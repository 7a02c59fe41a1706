import type { TextDocuments } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Fault } from '../../../engine/trace/analysis/faults.ts';
import { approach } from '../../open-files/approach.ts';
import { Slices } from '../../open-files/slices.ts';
import type { ShownTrace } from './shown-trace.ts';

/** Maximum faults of a document. The first ones show what is wrong. */
const MAX_FAULTS = 1000;
/** Steps that are examined together. */
const SCANNED = 1024;

/** Finds the faults that documents show, in slices and once for each document. */
export class FaultScans {
  readonly #found = new WeakMap<ShownTrace['document'], Promise<readonly Fault[]>>();

  /** Returns the faults of the steps that a document shows, in their order. Ends early when the document is closed or changed. */
  of(shown: ShownTrace, { uri, version }: TextDocument, documents: TextDocuments<TextDocument>): Promise<readonly Fault[]> {
    const known = this.#found.get(shown.document);
    if (known) return known;
    const scan = this.#scan(shown, () => documents.get(uri)?.version === version);
    this.#found.set(shown.document, scan);
    return scan;
  }

  async #scan({ open: { trace, history }, document }: ShownTrace, isWanted: () => boolean): Promise<readonly Fault[]> {
    const faults: Fault[] = [];
    const slices = new Slices();
    const end = document.to === 0 ? 0 : trace.stepOf(document.to - 1);
    const before = document.from === 0 ? 0 : trace.stepOf(document.from - 1);
    await approach(history, before);
    for (let from = before + 1; from <= end && faults.length < MAX_FAULTS; from += SCANNED) {
      if (slices.isOver) {
        await slices.next();
        if (!isWanted()) {
          this.#found.delete(document);
          return faults;
        }
      }
      const faulty = new Set(history.faultsBetween(from, Math.min(end, from + SCANNED - 1)).map(({ step }) => step));
      for (const step of faulty) faults.push(...history.faultsOf(step));
    }
    return faults;
  }
}
