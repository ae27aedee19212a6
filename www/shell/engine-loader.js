// Fetches the engine, once per page and only when asked. Knows where its files are and what they must hash to.

/** @import { Engine, EngineWidget } from '../engine.js' */
/** @import { Finding } from '../types/assisters.js' */

// Literal `new URL(…, import.meta.url)`, so that bundlers see the files and copy them.
const SCRIPT = new URL('./' + __ENGINE_JS__, import.meta.url);
const WASM = new URL('./' + __ENGINE_WASM__, import.meta.url);

/** Only a bundler puts the parts elsewhere than beside the engine's script. */
const PARTS = __FOR_BUNDLERS__ ? { transcript: new URL('./' + __PART_TRANSCRIPT__, import.meta.url), activity: new URL('./' + __PART_ACTIVITY__, import.meta.url), dialects: new URL('./' + __PART_DIALECTS__, import.meta.url) } : undefined;

/** One mark for each failed download. Browsers remember a failed import, so the next try must be another module, told apart by its query. */
let failures = '';

/** @type {Promise<Engine> | undefined} */
let loading;

/**
 * Imports the engine's script. `import()` takes no integrity, so the same file is fetched under its hash first; the import then
 * finds it in the cache.
 *
 * @param {string} query
 * @returns {Promise<typeof import('../engine.js')>}
 */
const importEngine = async (query) => {
  // A bundler gives its copy another name and may minify it once more; its development server adds a source map.
  const isOurs = !__FOR_BUNDLERS__ || (SCRIPT.origin != location.origin && SCRIPT.href.endsWith(__ENGINE_JS__));
  await fetch(SCRIPT + query, { integrity: isOurs ? __ENGINE_JS_INTEGRITY__ : '' });
  return import(/* webpackIgnore: true */ /* @vite-ignore */ SCRIPT + query);
};

/** Returns the engine. A failed download is forgotten, so that asking again tries again. @returns {Promise<Engine>} */
export const loadEngine = () =>
  // The script knows what the wasm must hash to.
  (loading ||= Promise.all([importEngine(failures), fetch(WASM)])
    .then(([engine, wasm]) => engine.start(wasm, importEngine, PARTS))
    .catch((cause) => {
      failures += '?';
      loading = undefined;
      throw cause;
    }));

/**
 * Finds out what is wrong. The checks come with the engine's script; if that cannot be had, that is the finding.
 *
 * @param {object} [options]
 * @param {EngineWidget} [widget]
 * @returns {Promise<Finding[]>}
 */
export const diagnose = (options, widget) =>
  importEngine(failures).then(
    (engine) => engine.diagnose(WASM, options, widget),
    (cause) => [
      { code: 'engine', level: 'error', problem: '' + cause, fix: 'Check ' + SCRIPT },
    ],
  );
