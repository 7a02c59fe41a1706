/**
 * The browser test: the packaged extension in a real VS Code, driven like a user would: `npm run e2e`.
 *
 * To add a spec, write `NAME.spec.ts` next to this file and put it into the list below:
 *
 *   export const trace: Spec = {
 *     name: 'trace',
 *     run: async ({ workbench, debugging, step }) => {
 *       await step('opens as text', async () => {
 *         await workbench.openFile('traces/memory-region.smtrace');
 *         await workbench.shot('trace');
 *       });
 *     },
 *   };
 *
 * Each spec gets a separate window and fresh user settings. All share one server.
 * Pictures are in `.cache/shots`. `--spec=PART` runs the specs whose name contains PART, `--floor` tests the oldest VS Code.
 * To build and package first: `npm test -- build package browser --spec=PART`. Otherwise the last package is tested.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { main } from '../../tools/project.ts';
import { newPage, type Stage, setTheStage } from './browser.ts';
import { bytesSpec } from './bytes.spec.ts';
import { compareSpec } from './compare.spec.ts';
import { Debugging } from './debugging.ts';
import { documentSpec } from './document.spec.ts';
import { editorSpeedSpec } from './editor-speed.spec.ts';
import { keyboardSpec } from './keyboard.spec.ts';
import { kindsSpec } from './kinds.spec.ts';
import { mapSpec } from './map.spec.ts';
import { pictureSpec } from './picture.spec.ts';
import { recordSpec } from './record.spec.ts';
import { snapshotSpec } from './snapshot.spec.ts';
import type { Spec } from './spec.ts';
import { storySpec } from './story.spec.ts';
import { tableSpec } from './table.spec.ts';
import { tenMillionSpec } from './ten-million.spec.ts';
import { timelineSpec } from './timeline.spec.ts';
import { traceSpec } from './trace.spec.ts';
import { workbenchSpec } from './workbench.spec.ts';
import { shots, Workbench } from './workbench.ts';

const specs: readonly Spec[] = [
  workbenchSpec,
  snapshotSpec,
  bytesSpec,
  keyboardSpec,
  pictureSpec,
  mapSpec,
  kindsSpec,
  traceSpec,
  documentSpec,
  timelineSpec,
  tableSpec,
  compareSpec,
  storySpec,
  recordSpec,
  tenMillionSpec,
  editorSpeedSpec,
];

const option = (name: string): string | undefined =>
  process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3);

function isWanted({ name, onlyByName }: Spec): boolean {
  const wanted = option('spec') ?? '';
  return onlyByName ? name === wanted : name.includes(wanted);
}

/** Errors that the workbench itself logs on a plain server. */
const harmless = /404|service ?worker/i;

let passed = 0;
const failures: string[] = [];

async function runSpec(spec: Spec, { server, browser, workspace }: Stage): Promise<void> {
  console.log(spec.name);
  spec.prepare?.(workspace);
  writeFileSync(server.settings, JSON.stringify({ ...server.initialSettings, ...spec.settings }));
  const page = await newPage(browser);
  const trouble: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !harmless.test(message.text())) trouble.push(message.text().slice(0, 300));
  });
  page.on('pageerror', (error) => trouble.push(error.message.slice(0, 300)));

  let workbench: Workbench | undefined;
  let current = 'opens the workspace';
  const step = async (name: string, body: () => Promise<void>): Promise<void> => {
    current = name;
    const started = performance.now();
    await body();
    passed++;
    console.log(`  ✓ ${name} (${Math.round(performance.now() - started)} ms)`);
  };
  try {
    workbench = await Workbench.open(page, server.address, workspace);
    await spec.run({ workbench, debugging: new Debugging(workbench), step });
  } catch (error) {
    failures.push(`${spec.name}: ${current}`);
    console.log(`  ✗ ${current}\n${indent(error instanceof Error ? (error.stack ?? error.message) : String(error))}`);
    await page.screenshot({ path: `${shots}/failed-${spec.name}.png` });
    console.log(`      picture: .cache/shots/failed-${spec.name}.png`);
    for (const text of (await workbench?.notifications().catch(() => [])) ?? []) console.log(`      notification: ${text}`);
    for (const text of trouble.slice(-10)) console.log(`      console: ${text}`);
  } finally {
    await page.context().close();
  }
}

const indent = (text: string): string => text.replace(/^/gm, '      ');

await main(async () => {
  rmSync(shots, { recursive: true, force: true });
  const stage = await setTheStage();
  try {
    for (const spec of specs) if (isWanted(spec)) await runSpec(spec, stage);
  } finally {
    await stage.close();
  }
  const result = option('result');
  if (result !== undefined) writeFileSync(result, JSON.stringify({ passed, failed: failures.length, failures }));
  return failures.length === 0 && passed > 0 ? 0 : 1;
});
