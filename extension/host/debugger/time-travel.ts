import * as vscode from 'vscode';
import { TRACE_LANGUAGE, TRACE_SOURCE_LANGUAGE } from '../traces/trace-files.ts';
import { DEBUG_TYPE } from './configurations.ts';

/** Bytes that a command is about, as the debug adapter's own requests name them. */
export type BytesOfMenu =
  /** A row of the variables pane. */
  | { readonly variablesReference: number; readonly name: string; readonly memoryReference: string }
  /** A place as text, or a memory reference. */
  | { readonly place: string; readonly length?: number | undefined };

/** The same, or the bytes of the event on a line of the trace. Lines count from 1. */
type NamedBytes = BytesOfMenu | { readonly line: number; readonly document: string };

type MoveRequest = 'lastWrite' | 'nextWrite' | 'goBackInTime' | 'goForwardInTime';

/** Returns the session that steps through a trace. @throws Error with a message for the user if there is none */
export function steppingSession(): vscode.DebugSession {
  const session = vscode.debug.activeDebugSession;
  if (session?.type === DEBUG_TYPE) return session;
  throw new Error('No trace is being stepped through. Open a trace and choose “Step Through This Trace” first.');
}

/** Asks the debug adapter to go to another step. Tells the user if there is none. */
export async function travel(request: MoveRequest, bytes?: NamedBytes): Promise<void> {
  try {
    await steppingSession().customRequest(request, bytes);
  } catch (error) {
    void vscode.window.showInformationMessage(error instanceof Error ? error.message : String(error));
  }
}

/**
 * Goes to the last or the next write of the bytes that a menu was opened on: a row of the variables pane, a byte of the page, or a line of
 * the trace. Without a menu, of those that are selected. Asks if there are none.
 */
export async function goToWrite(
  request: 'lastWrite' | 'nextWrite',
  from: unknown,
  selectedInPage: () => number | undefined,
): Promise<void> {
  const bytes = bytesOfMenu(from) ?? (await selectedBytes(selectedInPage));
  if (bytes) await travel(request, bytes);
}

/** Returns the bytes that a menu was opened on: of a row of the variables pane, of the page, or of a place. */
export function bytesOfMenu(from: unknown): BytesOfMenu | undefined {
  return bytesOfRow(from) ?? bytesOfPage(from) ?? placeOf(from);
}

async function selectedBytes(selectedInPage: () => number | undefined): Promise<NamedBytes | undefined> {
  const offset = selectedInPage();
  if (offset !== undefined) return { place: imagePlace(offset) };
  const editor = vscode.window.activeTextEditor;
  const language = editor?.document.languageId;
  if (editor && (language === TRACE_LANGUAGE || language === TRACE_SOURCE_LANGUAGE))
    return { line: editor.selection.active.line + 1, document: clientName(editor.document.uri) };
  return askForPlace();
}

/** Returns a document's name in the debugger: the path of a file, else the URI. */
function clientName(uri: vscode.Uri): string {
  return uri.scheme === 'file' ? uri.fsPath : uri.toString();
}

/** Asks for a place. Returns undefined if the user cancels. */
export async function askForPlace(): Promise<{ readonly place: string } | undefined> {
  const place = await vscode.window.showInputBox({
    title: 'Which bytes?',
    prompt: 'An address in a memory or a region, or in the image',
    placeHolder: 'memory 3:0x40, region 16:0x40, 0x1234',
    validateInput: (text) =>
      /^\s*((memory|region|space)\s+\d+\s*:\s*)?(0x[0-9a-f][0-9a-f_]*|\d[\d_,]*)\s*$/i.test(text)
        ? undefined
        : 'Write memory 3:0x40, region 16:0x40, or an address such as 0x1234.',
  });
  return place === undefined ? undefined : { place: place.trim() };
}

/** Returns the reference to an address of the image. */
function imagePlace(offset: number): string {
  return `phys@0x${offset.toString(16)}`;
}

/** Returns the bytes of a row of the variables pane, as VS Code passes it to its menu. */
function bytesOfRow(from: unknown): BytesOfMenu | undefined {
  const { container, variable } = propertiesOf(from);
  const { variablesReference } = propertiesOf(container);
  const { name, memoryReference } = propertiesOf(variable);
  if (typeof name !== 'string' || typeof memoryReference !== 'string') return undefined;
  return typeof variablesReference === 'number' ? { variablesReference, name, memoryReference } : { place: memoryReference };
}

/** Returns the bytes of the page, as its `data-vscode-context` names them. */
function bytesOfPage(from: unknown): BytesOfMenu | undefined {
  const { webviewSection, offset, length } = propertiesOf(from);
  if (webviewSection !== 'bytes' || typeof offset !== 'number' || typeof length !== 'number') return undefined;
  return { place: imagePlace(offset), length };
}

function placeOf(from: unknown): BytesOfMenu | undefined {
  const { place, bytes } = propertiesOf(from);
  return typeof place === 'string' && typeof bytes === 'number' ? { place, length: bytes } : undefined;
}

function propertiesOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
