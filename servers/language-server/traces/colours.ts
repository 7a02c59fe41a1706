import {
  type CancellationToken,
  type Connection,
  type Range,
  type SemanticTokens,
  SemanticTokensBuilder,
  type SemanticTokensDelta,
  SemanticTokensDeltaRequest,
  SemanticTokensRangeRequest,
  SemanticTokensRequest,
  type TextDocuments,
} from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { addTokens, MAX_COLOURED_LINES } from './semantic-tokens.ts';
import { linesRange, type ShownTraces } from './shown-trace.ts';

/** Handles requests for semantic tokens. Keeps the last tokens of each document, so that only changes are sent. */
export class Colours {
  readonly #documents: TextDocuments<TextDocument>;
  readonly #shown: ShownTraces;
  /** The last tokens, by the URI of their document. */
  readonly #last = new Map<string, { readonly resultId: string; readonly data: readonly number[] }>();
  #count = 0;

  constructor(documents: TextDocuments<TextDocument>, shown: ShownTraces) {
    this.#documents = documents;
    this.#shown = shown;
    documents.onDidClose(({ document }) => this.#last.delete(document.uri));
  }

  handleRequests(connection: Connection): void {
    connection.onRequest(SemanticTokensRangeRequest.type, async ({ textDocument, range }, cancellation) => {
      const data = await this.#tokens(textDocument.uri, range, cancellation);
      return data ? { data } : null;
    });
    connection.onRequest(SemanticTokensRequest.type, ({ textDocument }, cancellation) =>
      this.#whole(textDocument.uri, cancellation),
    );
    connection.onRequest(SemanticTokensDeltaRequest.type, async ({ textDocument: { uri }, previousResultId }, cancellation) => {
      const before = this.#last.get(uri);
      const after = await this.#whole(uri, cancellation);
      return after && before?.resultId === previousResultId ? changes(before.data, after) : after;
    });
  }

  /** Returns the tokens of a whole document. Of a long one, returns `null`: the editor then asks for the lines on screen. */
  async #whole(uri: string, cancellation: CancellationToken): Promise<SemanticTokens | null> {
    const lines = this.#documents.get(uri)?.lineCount ?? 0;
    if (lines > MAX_COLOURED_LINES) return null;
    const data = await this.#tokens(uri, linesRange(0, lines), cancellation);
    if (!data) return null;
    this.#count += 1;
    const tokens = { resultId: String(this.#count), data };
    if (this.#documents.get(uri)) this.#last.set(uri, tokens);
    return tokens;
  }

  async #tokens(uri: string, range: Range, cancellation: CancellationToken): Promise<number[] | undefined> {
    const document = this.#documents.get(uri);
    const shown = document && (await this.#shown.of(document));
    if (!document || !shown) return undefined;
    const builder = new SemanticTokensBuilder();
    await addTokens(shown, document, range, builder, cancellation);
    return builder.build().data;
  }
}

/** Returns tokens as their difference from the last ones: what is between a common beginning and a common end. */
function changes(before: readonly number[], { resultId, data }: SemanticTokens): SemanticTokensDelta {
  const shorter = Math.min(before.length, data.length);
  let start = 0;
  while (start < shorter && before[start] === data[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === data.at(-1 - end)) end += 1;
  const deleteCount = before.length - start - end;
  const added = data.slice(start, data.length - end);
  const edits = deleteCount === 0 && added.length === 0 ? [] : [{ start, deleteCount, data: added }];
  return { ...(resultId !== undefined && { resultId }), edits };
}
