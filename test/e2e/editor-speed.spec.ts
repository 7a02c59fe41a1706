import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cache, root } from '../../tools/project.ts';
import { type Frames, traceFrames } from './frames.ts';
import { writeHugeImage } from './huge-image.ts';
import type { Spec } from './spec.ts';

/** A frame at 60 Hz, in milliseconds. */
const FRAME = 16.7;
const OPENINGS = 10;
const PICTURE = 'huge/icon.png';

/**
 * Measures the time to an editor's first content, and the frames of the map while it is scrolled and zoomed. It needs a quiet machine, so it is run only by its name:
 * `--spec=editor-speed`.
 */
export const editorSpeedSpec: Spec = {
  name: 'editor-speed',
  onlyByName: true,
  prepare: (workspace) => {
    writeHugeImage(join(workspace, 'huge', 'stable_memory.bin'));
    copyFileSync(join(root, 'media/icon.png'), join(workspace, PICTURE));
  },
  run: async ({ workbench, step }) => {
    const { page } = workbench;
    const editor = () => workbench.webview();
    const wheel = async (times: number, by: (index: number) => number) => {
      for (let index = 0; index < times; index++) {
        await page.mouse.wheel(0, by(index));
        await page.waitForTimeout(8);
      }
    };
    const slow: string[] = [];
    const report = (what: string, { count, percentile }: Frames) => {
      const [half, most, all] = [percentile(0.5), percentile(0.99), percentile(1)].map((time) => `${time.toFixed(1)} ms`);
      console.log(`    ${what}: ${count} frames, work in a frame: median ${half}, 99 % below ${most}, longest ${all}`);
      if (percentile(0.99) > FRAME) slow.push(what);
    };
    for (const [path, name, levels] of [
      ['openchat-like-b128/stable_memory.bin', '109 MB', 6],
      ['huge/stable_memory.bin', '477 GiB', 18],
    ] as const) {
      await step(`${name}, first content`, async () => {
        // VS Code's own preview of a picture is an editor of the same kind, and shows what any such editor takes.
        const content = { [path]: '.strip', [PICTURE]: 'body.ready img' };
        for (const [file, selector] of Object.entries(content)) {
          const times: number[] = [];
          for (let time = 0; time <= OPENINGS; time++) {
            const row = await workbench.fileRow(file);
            const start = performance.now();
            await row.dblclick();
            await editor().locator(selector).first().waitFor();
            // The first opening starts the extension, or VS Code's own.
            if (time > 0) times.push(performance.now() - start);
            await workbench.command('View: Close All Editors');
          }
          const all = times.sort((a, b) => a - b).map((time) => time.toFixed(0));
          console.log(`    ${file}, first content after the double click: ${all.join(', ')} ms`);
        }
      });
      for (const colouring of ['owner', 'fill'] as const) {
        await step(`${name}, by ${colouring}`, async () => {
          await workbench.openFile(path);
          await editor().locator('.badge, .conclusion').first().waitFor();
          await workbench.command('View: Close Primary Side Bar');
          await editor().locator('.colour-by').getByRole('radio', { name: colouring }).click();
          const { x = 0, y = 0, width = 0, height = 0 } = (await editor().getByRole('application').boundingBox()) ?? {};
          await page.mouse.move(x + width / 3, y + height / 2);
          await page.waitForTimeout(1000);
          const zoom = async (direction: 1 | -1) => {
            await page.keyboard.down('Control');
            await wheel(levels, () => direction * 70);
            await page.keyboard.up('Control');
          };
          report(
            `${name}, by ${colouring}, zoomed`,
            await traceFrames(page, async () => {
              for (let times = 0; times < 3; times++) {
                await zoom(-1);
                await zoom(1);
              }
            }),
          );
          await zoom(-1);
          report(
            `${name}, by ${colouring}, scrolled`,
            await traceFrames(page, () => wheel(200, (index) => (index % 100 < 50 ? 60 : -60))),
          );
          await editor().locator('.zoom .plain').click();
          await workbench.command('View: Close All Editors');
        });
      }
    }
    await step(`99 % of the frames take less than ${FRAME} ms`, async () => {
      if (slow.length > 0) throw new Error(`Slower: ${slow.join('; ')}.`);
    });
    rmSync(join(cache, 'test', 'workspace', 'huge'), { recursive: true, force: true });
  },
};
