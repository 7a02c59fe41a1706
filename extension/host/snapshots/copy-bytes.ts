import * as vscode from 'vscode';
import { formatCounted } from '../../../engine/core/format.ts';
import { COPY_FORMATS, type CopyFormat } from '../../../engine/views/bytes/copied-bytes.ts';
import type { ByteRange, MemoryRef } from '../../../engine/views/protocol.ts';
import type { EngineClient } from '../engine-client.ts';
import type { ActiveMemory } from './active-memory.ts';

const LABELS: Readonly<Record<CopyFormat, string>> = {
  hex: 'Hex',
  text: 'Text (UTF-8)',
  base64: 'Base64',
  motoko: 'Motoko Blob',
  candid: 'Candid blob',
  rust: 'Rust array',
  typescript: 'TypeScript Uint8Array',
};
/** Bytes and characters of a preview. */
const SHOWN_BYTES = 24;
const SHOWN = 60;
/** Time that the message about the copy is shown. Milliseconds. */
const SHOWN_FOR = 3000;

/** Copies bytes of a memory to the clipboard. */
export async function copyBytes(engine: EngineClient, memory: MemoryRef, range: ByteRange, format: CopyFormat): Promise<void> {
  const { start: offset, length } = range;
  await vscode.env.clipboard.writeText(await engine.call('memory/copy', { memory, offset, length, format }));
  vscode.window.setStatusBarMessage(`Copied ${formatCounted(length, 'byte')} as ${LABELS[format]}`, SHOWN_FOR);
}

/** Asks how to copy the bytes that the menu of an editor was opened on, and copies them. */
export async function copyBytesAs(engine: EngineClient, active: ActiveMemory, from: unknown): Promise<void> {
  const range = rangeOf(from);
  const memory = active.current?.memory;
  if (range === undefined || memory === undefined) return;
  const shown = { memory, offset: range.start, length: Math.min(range.length, SHOWN_BYTES) };
  const items = COPY_FORMATS.map(async (format) => {
    const preview = await engine.call('memory/copy', { ...shown, format });
    const isCut = preview.length > SHOWN || range.length > SHOWN_BYTES;
    return { label: LABELS[format], description: isCut ? `${preview.slice(0, SHOWN)}…` : preview, format };
  });
  const title = `Copy ${formatCounted(range.length, 'byte')} as`;
  const chosen = await vscode.window.showQuickPick(Promise.all(items), { title });
  if (chosen) await copyBytes(engine, memory, range, chosen.format);
}

function rangeOf(from: unknown): ByteRange | undefined {
  if (typeof from !== 'object' || from === null || !('offset' in from && 'length' in from)) return undefined;
  const { offset, length } = from;
  return typeof offset === 'number' && typeof length === 'number' ? { start: offset, length } : undefined;
}
