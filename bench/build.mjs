// Bundles the contestants' pages for production into a folder, each file with its brotli beside it, as a good host serves them.

import { readdir, readFile, writeFile, cp, rm, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { build } from 'esbuild';

const SOURCES = fileURLToPath(new URL('contestants/', import.meta.url));
const SCRIPTS = ['assisters-history.js', 'floor.js', 'floor.css', 'deep-chat.js', 'streamdown.jsx', 'streamdown.css'];

/** @param {string} out */
export const buildPages = async (out) => {
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  // Each by itself: what two contestants share is downloaded by both.
  for (const script of SCRIPTS) {
    await build({
      entryPoints: [join(SOURCES, script)],
      outdir: out,
      bundle: true,
      minify: true,
      splitting: true,
      format: 'esm',
      target: 'es2022',
      jsx: 'automatic',
      chunkNames: 'chunks/[name]-[hash]',
      define: { 'process.env.NODE_ENV': '"production"' },
      logLevel: 'warning',
    });
  }
  for (const name of await readdir(SOURCES)) {
    if (name.endsWith('.html')) await cp(join(SOURCES, name), join(out, name));
  }
  // The same article with the widget's tag, which is all that is different.
  const article = await readFile(join(SOURCES, 'article.html'), 'utf8');
  const tag = '<script src="/assisters.js" data-assistant="bench" data-api-url="/v1" async></script>';
  await writeFile(join(out, 'article-with-widget.html'), article.replace('</title>', `</title>\n  ${tag}`));
  for (const entry of await readdir(out, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
    await writeFile(`${path}.br`, brotliCompressSync(await readFile(path), { params }));
  }
};
