import { resolve } from 'node:path';

/** @type {import('webpack').Configuration} */
export default {
  mode: 'production',
  entry: './src/index.js',
  output: { path: resolve(import.meta.dirname, 'dist'), filename: 'main.js' },
  // The engine is an asset of 200 KB; this is no page's first download.
  performance: { hints: false },
};
