import * as vscode from 'vscode';
import { formatAddress, formatCount } from '../../../engine/core/format.ts';
import type { FindingRow } from '../../../engine/views/protocol.ts';
import type { EngineClient } from '../engine-client.ts';
import { plainText } from '../plain-text.ts';
import type { ActiveMemory } from './active-memory.ts';

interface FindingItem extends vscode.QuickPickItem {
  readonly finding: FindingRow;
}

const ICONS = { error: '$(error)', warning: '$(warning)', information: '$(info)' } as const;

/** Lists the findings of the active memory, most severe first. Choosing a finding selects its bytes. */
export async function showFindings(engine: EngineClient, active: ActiveMemory): Promise<void> {
  const shown = active.current;
  if (!shown) {
    const answer = await vscode.window.showInformationMessage(
      'Open a snapshot first. Findings are about its content.',
      'Open the Sample',
    );
    if (answer === 'Open the Sample') await vscode.commands.executeCommand('stableMemory.openSample');
    return;
  }
  const scan = shown.scan ?? (await engine.scan(shown.memory));
  const { error, warning, information } = scan.findingCounts;
  const count = error + warning + information;
  if (count === 0) {
    void vscode.window.showInformationMessage(scan.cutShort ?? `The check of ${plainText(shown.title)} found nothing wrong.`);
    return;
  }
  const rest = count - scan.findings.length;
  const picked = await vscode.window.showQuickPick(scan.findings.map(findingItem), {
    title: `Findings in ${shown.title}`,
    placeHolder:
      rest > 0 ? `The most severe of ${formatCount(count)}: choose one to see its bytes` : 'Choose a finding to see its bytes',
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (picked?.finding.at) shown.select(picked.finding.at.start, true);
}

function findingItem(finding: FindingRow): FindingItem {
  const { at, causedBy, code, remedy, message, more, part, path, severity } = finding;
  const where = [...(at ? [formatAddress(at.start)] : []), part, ...path].join(' › ');
  const rest = more === 0 ? '' : ` … and ${formatCount(more)} more.`;
  return {
    label: `${causedBy === undefined ? '' : '$(indent) '}${ICONS[severity]} ${plainText(message)}`,
    description: code,
    detail: plainText(causedBy === undefined ? `${where}: ${remedy}${rest}` : `${where}: follows from the one above.`),
    finding,
  };
}
