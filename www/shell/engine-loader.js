// Fetches the engine, once per page and only when asked. Knows where its files are and what they must hash to.

/** @import { Engine } from '../engine.js' */
/** @import { Finding } from '../types/assisters.js' */

// Literal `new URL(…, import.meta.url)`, so that bundlers see the files and copy them.
const SCRIPT = new URL('./' + __ENGINE_JS__, import.meta.url);
const WASM = new URL('./' + __ENGINE_WASM__, import.meta.url);

/** The checks behind `diagnose()`. */
const DIAGNOSE = new URL('./' + __DIAGNOSE_JS__, import.meta.url);

/** Only a bundler puts the other files elsewhere than beside the engine's script. */
const PARTS = __FOR_BUNDLERS__
  ? {
      conversation: new URL('./' + __PART_CONVERSATION__, import.meta.url),
      activity: new URL('./' + __PART_ACTIVITY__, import.meta.url),
      attachments: new URL('./' + __PART_ATTACHMENTS__, import.meta.url),
      dialects: new URL('./' + __PART_DIALECTS__, import.meta.url),
      attach: new URL('./' + __ATTACH_JS__, import.meta.url),
      render: new URL('./' + __RENDER_JS__, import.meta.url),
      tools: new URL('./' + __TOOLS_JS__, import.meta.url),
      highlight: new URL('./' + __HIGHLIGHT_JS__, import.meta.url),
      fallback: new URL('./' + __FALLBACK_JS__, import.meta.url),
      comfort: new URL('./' + __COMFORT_JS__, import.meta.url),
      'comfort-phone': new URL('./' + __COMFORT_PHONE_JS__, import.meta.url),
      'comfort-desk': new URL('./' + __COMFORT_DESK_JS__, import.meta.url),
      'comfort-announce': new URL('./' + __COMFORT_ANNOUNCE_JS__, import.meta.url),
      'comfort-voice': new URL('./' + __COMFORT_VOICE_JS__, import.meta.url),
      'comfort-owner': new URL('./' + __COMFORT_OWNER_JS__, import.meta.url),
      'comfort-assistants': new URL('./' + __COMFORT_ASSISTANTS_JS__, import.meta.url),
      'comfort-menu': new URL('./' + __COMFORT_MENU_JS__, import.meta.url),
      'comfort-follow-ups': new URL('./' + __COMFORT_FOLLOW_UPS_JS__, import.meta.url),
      locales: new URL('./' + __LOCALES_JS__, import.meta.url),
      'locale-ar': new URL('./' + __LOCALE_AR__, import.meta.url),
      'locale-cs': new URL('./' + __LOCALE_CS__, import.meta.url),
      'locale-da': new URL('./' + __LOCALE_DA__, import.meta.url),
      'locale-de': new URL('./' + __LOCALE_DE__, import.meta.url),
      'locale-es': new URL('./' + __LOCALE_ES__, import.meta.url),
      'locale-fr': new URL('./' + __LOCALE_FR__, import.meta.url),
      'locale-he': new URL('./' + __LOCALE_HE__, import.meta.url),
      'locale-hi': new URL('./' + __LOCALE_HI__, import.meta.url),
      'locale-it': new URL('./' + __LOCALE_IT__, import.meta.url),
      'locale-ja': new URL('./' + __LOCALE_JA__, import.meta.url),
      'locale-ko': new URL('./' + __LOCALE_KO__, import.meta.url),
      'locale-nl': new URL('./' + __LOCALE_NL__, import.meta.url),
      'locale-pl': new URL('./' + __LOCALE_PL__, import.meta.url),
      'locale-pt-BR': new URL('./' + __LOCALE_PT_BR__, import.meta.url),
      'locale-ru': new URL('./' + __LOCALE_RU__, import.meta.url),
      'locale-sv': new URL('./' + __LOCALE_SV__, import.meta.url),
      'locale-tr': new URL('./' + __LOCALE_TR__, import.meta.url),
      'locale-uk': new URL('./' + __LOCALE_UK__, import.meta.url),
      'locale-zh-CN': new URL('./' + __LOCALE_ZH_CN__, import.meta.url),
    }
  : undefined;

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

/**
 * Returns the engine. A failed download is forgotten, so that asking again tries again.
 *
 * @param {Record<string, any>} options of the widget that asks
 * @returns {Promise<Engine>}
 */
export const loadEngine = (options) =>
  // The script knows what the wasm must hash to.
  (loading ||= Promise.all([importEngine(failures), fetch(WASM)])
    .then(([engine, wasm]) => engine.start(wasm, importEngine, options, PARTS))
    .catch((cause) => {
      failures += '?';
      loading = undefined;
      throw cause;
    }));

/**
 * Finds out what is wrong. Only an owner asks, so the checks are a script of their own; if that cannot be had, that is the finding.
 *
 * @param {object} [options]
 * @param {HTMLElement} [host]
 * @returns {Promise<Finding[]>}
 */
export const diagnose = (options, host) =>
  import(/* webpackIgnore: true */ /* @vite-ignore */ '' + DIAGNOSE).then(
    ({ findFaults }) => findFaults(SCRIPT, WASM, options, host),
    (problem) => [{ code: 'engine', level: 'error', problem: '' + problem, fix: 'Serve ' + DIAGNOSE }],
  );
