// Builds the styles and scripts of the pages with esbuild: every file directly in client/ and styles/ is one that pages
// name, what those import goes along, and each is named after its content.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

/** @param source the folder of client/ and styles/. @param folder where the assets go; emptied first */
export async function buildAssets(source: string, folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const entryPoints = ['client', 'styles'].flatMap((name) =>
    readdirSync(join(source, name), { withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|css|svg)$/.test(entry.name))
      .map((entry) => join(source, name, entry.name)),
  );
  const { metafile } = await build({
    entryPoints,
    outdir: folder,
    entryNames: '[name]-[hash]',
    chunkNames: 'chunk-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    target: ['es2022', 'chrome109', 'firefox115', 'safari16.4'],
    loader: { '.svg': 'copy' },
    minify: true,
    metafile: true,
    logLevel: 'warning',
    tsconfigRaw: {},
  });
  const outputs = Object.entries(metafile.outputs).map(([path, { entryPoint }]) => ({ name: basename(path), entryPoint }));
  const entries = outputs.flatMap(({ name, entryPoint }) =>
    entryPoint === undefined ? [] : [[basename(entryPoint).replace(/\.ts$/, '.js'), name]],
  );
  const manifest = { entries: Object.fromEntries(entries), files: outputs.map(({ name }) => name) };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
}
