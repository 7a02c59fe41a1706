import type { CodeLens, Connection, Location, Position, ServerCapabilities, TextDocuments } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { Colours } from './colours.ts';
import { definitionOf } from './definition.ts';
import type { FaultScans } from './fault-scan.ts';
import { foldingRangesOf } from './folding.ts';
import { inlayHintsOf } from './inlay-hints.ts';
import { type LensData, lensesOf, lensTextOf, STEP_COMMAND } from './lenses.ts';
import { outlineOf } from './outline.ts';
import { referencesTo } from './references.ts';
import { LEGEND } from './semantic-tokens.ts';
import { locationOf, locationOfStep, type PlaceInTrace, type ShownTrace, type ShownTraces } from './shown-trace.ts';

/** The capabilities of the server for documents of traces. */
export const TRACE_CAPABILITIES: ServerCapabilities = {
  documentSymbolProvider: true,
  foldingRangeProvider: true,
  definitionProvider: true,
  referencesProvider: true,
  inlayHintProvider: true,
  codeLensProvider: { resolveProvider: true },
  documentLinkProvider: {},
  semanticTokensProvider: { legend: LEGEND, range: true, full: { delta: true } },
};

export interface TraceServices {
  readonly documents: TextDocuments<TextDocument>;
  readonly shown: ShownTraces;
  readonly faults: FaultScans;
  /** True if the client runs `STEP_COMMAND`. */
  readonly canStep: () => boolean;
}

/** A request about a document or a position in it. */
interface Request {
  readonly textDocument: { readonly uri: string };
}

/** Handles requests about traces. Other documents get no result, so that those of other servers count. */
export function handleTraceRequests(connection: Connection, { documents, shown, faults, canStep }: TraceServices): void {
  const traceOf = async ({ textDocument: { uri } }: Request): Promise<ShownTrace | undefined> => {
    const document = documents.get(uri);
    return document && shown.of(document);
  };
  const placeAt = async (request: Request & { readonly position: Position }): Promise<PlaceInTrace | undefined> => {
    const document = documents.get(request.textDocument.uri);
    return document && shown.at(document, request.position);
  };

  connection.onDocumentSymbol(async ({ textDocument: { uri } }) => {
    const document = documents.get(uri);
    const trace = document && (await shown.of(document));
    return trace && [...outlineOf(trace, await faults.of(trace, document, documents))];
  });
  connection.onFoldingRanges(async (request) => {
    const trace = await traceOf(request);
    return trace && [...foldingRangesOf(trace)];
  });
  connection.onDefinition(async (request) => {
    const place = await placeAt(request);
    const event = place && definitionOf(place);
    return place && event !== undefined ? locationOf(place.shown, event) : undefined;
  });
  connection.onReferences(async (request): Promise<Location[] | undefined> => {
    const place = await placeAt(request);
    return place && referencesTo(place, request.context.includeDeclaration).map((step) => locationOfStep(place.shown, step));
  });
  connection.languages.inlayHint.on(async (request) => {
    const document = documents.get(request.textDocument.uri);
    const trace = document && (await shown.of(document));
    return trace && [...inlayHintsOf(trace, document, request.range)];
  });
  connection.onDocumentLinks(async (request) => {
    const trace = await traceOf(request);
    return trace?.part?.links.map(({ line, start, end, uri }) => ({
      range: { start: { line, character: start }, end: { line, character: end } },
      target: uri,
      tooltip: 'Show this part of the trace',
    }));
  });

  connection.onCodeLens(async (request): Promise<CodeLens[] | undefined> => {
    const trace = await traceOf(request);
    return trace && [...lensesOf(trace, request.textDocument.uri, canStep())];
  });
  connection.onCodeLensResolve(async (lens) => {
    const { uri, event, goes }: Partial<LensData> = lens.data ?? {};
    const trace = uri === undefined ? undefined : await traceOf({ textDocument: { uri } });
    const text = trace && event !== undefined ? lensTextOf(trace.open.trace, event) : undefined;
    // A text without a command says something and does nothing.
    if (!text) return { ...lens, command: { title: '', command: '' } };
    if (!goes) return { ...lens, command: { title: text.title, command: '' } };
    return { ...lens, command: { title: 'Step to Here', command: STEP_COMMAND, arguments: [uri, text.step] } };
  });

  new Colours(documents, shown).handleRequests(connection);
}
