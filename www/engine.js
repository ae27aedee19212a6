// Entry of the engine's bundle: what the loaders import on intent. One instance of the wasm serves all widgets of the page.

import init, { Widget } from '../pkg/assisters_chat.js';
import css from 'engine.css';
import { add, hasTrapped, listenForTrap } from './engine/guard.js';
import { onDemand, putOnDemand } from './engine/on-demand.js';
import { compileAhead, fetchAhead, load, partsOf } from './engine/parts.js';
import { learn, spoken } from './engine/words.js';
import { Widgets } from './engine/widgets.js';
import { compile } from './engine/verify.js';

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
 * @param {(name: string) => Promise<any>} load fetches what comes when it is needed
 * @returns {Promise<Copy>}
 */
export const instantiate = async (module, onTrap, load) => {
  listenForTrap(onTrap);
  await init({ module_or_path: module });
  const fetchPart = partsOf(add, load);
  Widget.fetchPartsBy(fetchPart);
  return { Widget, hasTrapped, fetchPart };
};

/**
 * Starts the engine; a second loader on the page gets the same one.
 *
 * @param {Response} wasm
 * @param {ImportEngine} importEngine
 * @param {Record<string, any>} options of the widget that is the first
 * @param {Record<string, URL>} [places] where a bundler has put the engine's parts; without one they are beside this script
 * @returns {Promise<Engine>}
 */
export const start = (wasm, importEngine, options, places) =>
  (starting ||= (async () => {
    putOnDemand(places);
    fetchAhead(options);
    const learning = learn(options);
    try {
      const module = await compile(wasm, __ENGINE_WASM_INTEGRITY__);
      compileAhead();
      const widgets = new Widgets((restarts, onTrap) => {
        const copy = restarts ? importEngine('?restart=' + restarts) : Promise.resolve({ instantiate });
        return copy.then((engine) => engine.instantiate(module, onTrap, load));
      });
      // WebKit compiles what a policy forbids, and refuses to start it.
      await Promise.all([widgets.start(), learning]);
      return widgets;
    } catch (cause) {
      if (!isRefusal(cause)) throw cause;
      console.warn('Assisters: WebAssembly is refused', cause);
      const { fallback } = await onDemand('fallback');
      await learning;
      // A bundler's copy has no frame beside it.
      return fallback({ css, frame: places ? undefined : new URL('../frame.html', import.meta.url), spoken });
    }
  })().catch((cause) => {
    starting = undefined;
    throw cause;
  }));

/** Whether the browser, or the policy of the page, lets no WebAssembly be compiled. The file itself has been checked before. @param {unknown} cause */
const isRefusal = (cause) => typeof WebAssembly != 'object' || cause instanceof WebAssembly.CompileError;
