import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { root } from '../../tools/project.ts';
import type { Spec } from './spec.ts';
import type { Theme } from './workbench.ts';

const CONTAINER = 'Stable Memory';

/** Images that the sample workspace does not have: the name of each there, and its fixture. */
const IMAGES = {
  'buffer.stmem': 'motoko/memory-buffer-text.bin.gz',
  'sqlite.stmem': 'field-rust/k9-sqlite-in-a-memory.bin.gz',
} as const;

/** Themes besides the dark one. */
const OTHER_THEMES: readonly Theme[] = ['light', 'high contrast', 'high contrast light'];

/** A user opens an image of each kind, reads what it says first and its map, goes into it, and has its bytes decoded. */
export const kindsSpec: Spec = {
  name: 'kinds',
  prepare: (workspace) => {
    mkdirSync(join(workspace, 'kinds'), { recursive: true });
    for (const [name, fixture] of Object.entries(IMAGES)) {
      const packed = readFileSync(join(root, 'test', 'fixtures', fixture));
      writeFileSync(join(workspace, 'kinds', name), gunzipSync(packed));
    }
  },
  run: async ({ workbench, debugging, step }) => {
    const editor = () => workbench.webview();
    const { page } = workbench;
    const place = () => editor().locator('.bytes-place').innerText();
    const says = (sentence: string) => editor().locator('.conclusion, .remarks').filter({ hasText: sentence }).waitFor();
    const legend = async (...owners: readonly string[]) => {
      await editor().locator('.legend-button').click();
      for (const owner of owners) await editor().locator('.legend-entry').filter({ hasText: owner }).first().waitFor();
      await page.keyboard.press('Escape');
    };
    /** Hovers a row of a tree until its tooltip has a text. */
    const hoverRow = async (tree: string, label: string, text: string) => {
      const row = await workbench.tree(tree).row(label);
      await workbench.until(async () => {
        await page.mouse.move(720, 890);
        await row.hover();
        const hover = page.locator('.monaco-hover:visible').filter({ hasText: text });
        return hover.waitFor({ timeout: 3_000 }).then(
          () => true,
          () => false,
        );
      }, `the hover of ${label} has “${text}”`);
    };
    const inThemes = async (name: string) => {
      await page.mouse.move(720, 890);
      await workbench.shot(name);
      for (const theme of OTHER_THEMES) {
        await workbench.theme(theme);
        await workbench.shot(`${name}-${theme.replaceAll(' ', '-')}`);
      }
      await workbench.theme('dark');
    };

    await step('a MemoryBuffer: its regions, its elements, and the text of one', async () => {
      await workbench.openSnapshot('kinds/buffer.stmem');
      await editor().locator('.strip').filter({ hasText: 'Motoko regions 2 · 2 regions · 2 blocks of 8 MiB' }).waitFor();
      await says('Each of the 2 regions holds a whole 8 MiB block, and none fills more than 1 % of it.');
      await editor().locator('.use').filter({ hasText: 'live 85.6 KiB' }).waitFor();
      await legend('region 16 MemoryBuffer', 'region 17 MemoryBuffer');
      await workbench.showViews(CONTAINER);
      const elements = await workbench.tree('Elements').show();
      await elements.expand('region 16, region 17 · MemoryBuffer', '0 … 199');
      await elements.click('[1]');
      await workbench.untilMatch(place, /^0x100046 · 21 selected/);
      await editor().locator('.value').filter({ hasText: 'pointer memory stable' }).waitFor();
      await hoverRow('Elements', '[1]', 'value: text (guessed), 21 bytes at 0x46 of its memory');
      await workbench.shot('kinds-buffer-hover');
      await inThemes('kinds-buffer');
    });

    await step('a Motoko heap: its free lists', async () => {
      await workbench.openFile('motoko-heap/stable_memory.bin.gz');
      await editor().locator('.strip h1').filter({ hasText: 'motoko-heap' }).waitFor();
      await workbench.showViews(CONTAINER);
      const freeLists = await workbench.tree('Free lists').show();
      await freeLists.expand('region 17 · MemoryRegion');
      await freeLists.click('0x40');
      await workbench.untilMatch(place, /^0x100040 · 15 selected/);
      await editor().locator('.inspector').filter({ hasText: 'from the heap in wasm_memory.bin' }).waitFor();
      await page.mouse.move(720, 890);
      await workbench.shot('kinds-heap');
    });

    await step('a database in a memory: what it is, and its first bytes', async () => {
      await workbench.openFile('kinds/sqlite.stmem');
      await says('Memory 20 holds an SQLite 3 database: page size 4096, 12 pages, 49152 bytes.');
      await legend('memory 20 an SQLite 3 database');
      await workbench.showViews(CONTAINER);
      await workbench.tree('Memories').click('memory 20');
      await workbench.untilMatch(place, /^0x10000 /);
      await page.mouse.move(720, 890);
      await editor().locator('.inspector').filter({ hasText: 'an SQLite 3 database' }).waitFor();
      await workbench.shot('kinds-sqlite');
    });

    await step('an allocator: what a step did, and its blocks over time', async () => {
      await workbench.command('View: Close All Editors');
      await workbench.openFile('traces/memory-region.smtrace');
      await debugging.start('MemoryRegion');
      await workbench.command('Stable Memory: Show the Memory at This Step');
      await debugging.press('step over');
      await says('Step 1 allocated 69 bytes at 0x0 of region 16.');
      await editor().getByRole('button', { name: 'Show its blocks' }).click();
      await (await workbench.pageWith('#timeline-picture')).locator('.kinds .chip').first().waitFor();
      const groups = await page.locator('.editor-group-container').count();
      if (groups !== 2) throw new Error(`The timeline is in the group of the step, not in one more: there are ${groups}.`);
      await page.mouse.move(720, 890);
      await inThemes('kinds-allocator');
      await debugging.stop();
    });

    await step('a manager: the field that a step wrote', async () => {
      await workbench.command('View: Close All Editors');
      await workbench.openFile('traces/memory-manager.smtrace');
      await debugging.start('MemoryManager');
      await workbench.command('Stable Memory: Show the Memory at This Step');
      for (let count = 0; count < 14; count++) await debugging.press('step over');
      await says('Step 14 wrote 1 byte at 0x10 of memory 2: Vec › header 0x0 › fixed size.');
      await legend('memory 0 BTreeMap', 'memory 2 Vec');
      await workbench.untilMatch(place, /^0x30010 · 1 selected/);
      await inThemes('kinds-manager');
      await debugging.stop();
    });
  },
};
