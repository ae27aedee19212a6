// Entry of the engine's bundle: what the loaders import on intent. One instance of the wasm serves all widgets of the page.

import init, { Widget } from '../pkg/assisters_chat.js';
import { add, hasTrapped, listenForTrap } from './engine/guard.js';
import { partsOf } from './engine/parts.js';
import { Widgets } from './engine/widgets.js';
import { compile } from './engine/verify.js';

/** @import { Finding } from './types/assisters.js' */

/** One widget of the engine: does the named call. @typedef {(name: string, args: any[]) => any} EngineWidget */
/** @typedef {[name: string, args: any[]][]} Queue */
/** @typedef {{ create(host: HTMLElement, root: ShadowRoot, options: Record<string, any>, queue: Queue): EngineWidget }} Engine */
/** @typedef {(query: string) => Promise<typeof import('./engine.js')>} ImportEngine */
/** One running copy of the wasm, and what fetches its parts. @typedef {{ Widget: typeof Widget, hasTrapped: () => boolean, fetchPart: (name: string) => Promise<any> }} Copy */

/** @type {Promise<Engine> | undefined} */
let starting;

/**
 * Starts the wasm of this copy of the script. The glue keeps its instance in a variable, so there is one per import.
 *
 * @param {WebAssembly.Module} module
 * @param {(cause: Error) => void} onTrap told once, when the wasm has panicked
 * @param {Record<string, URL>} places of the engine's parts
 * @returns {Promise<Copy>}
 */
export const instantiate = async (module, onTrap, places) => {
  listenForTrap(onTrap);
  await init({ module_or_path: module });
  const fetchPart = partsOf(add, places);
  Widget.fetchPartsBy(fetchPart);
  return { Widget, hasTrapped, fetchPart };
};

/**
 * Starts the engine; a second loader on the page gets the same one.
 *
 * @param {Response} wasm
 * @param {ImportEngine} importEngine
 * @param {Record<string, URL>} [places] where a bundler has put the engine's parts; without one they are beside this script
 * @returns {Promise<Engine>}
 */
export const start = (wasm, importEngine, places = {}) =>
  (starting ||= (async () => {
    const module = await compile(wasm, __ENGINE_WASM_INTEGRITY__);
    const widgets = new Widgets((restarts, onTrap) => {
      const copy = restarts ? importEngine('?restart=' + restarts) : Promise.resolve({ instantiate });
      return copy.then((engine) => engine.instantiate(module, onTrap, places));
    });
    await widgets.start();
    return widgets;
  })().catch((cause) => {
    starting = undefined;
    throw cause;
  }));

/**
 * Finds out what is wrong, prints it and returns it.
 *
 * @param {URL} wasm
 * @param {Record<string, any>} [options]
 * @param {EngineWidget} [widget]
 * @returns {Promise<Finding[]>}
 */
export const diagnose = async (wasm, options, widget) => {
  try {
    // Only an owner asks, so no visitor downloads it.
    const { findFaults } = await import(/* webpackIgnore: true */ new URL('./' + __DIAGNOSE_JS__, import.meta.url).href);
    return findFaults(wasm, options, widget);
  } catch (cause) {
    return [{ code: 'diagnose', level: 'error', problem: '' + cause, fix: 'Serve all of the assets folder beside the script.' }];
  }
};
