// Fetches the parts that come when they are needed: of the program (src/browser/part.rs asks for them by name), and scripts.

import { onDemand, once, placeOf } from './on-demand.js';
import { compile } from './verify.js';

/** Name → file beside this script, and its hash. @type {Record<string, [file: string, integrity: string]>} */
const PARTS = __ENGINE_PARTS__;

/** Parts that are on their way before they are asked for; not compiled, as a page's policy may refuse that. @type {Record<string, Promise<Response> | undefined>} */
const ahead = {};

/** @param {string} name */
const fetchFile = (name) => fetch(placeOf(name, PARTS[name][0]));

/** Fetches and compiles a part. */
const moduleOf = once((name) => {
  const coming = ahead[name] || fetchFile(name);
  // Another try is another request.
  ahead[name] = undefined;
  return coming.then((response) => compile(response, PARTS[name][1]));
});

/** Whether an earlier visit may have left a conversation. */
const hasMemory = () => {
  try {
    return Object.keys(localStorage).concat(Object.keys(sessionStorage)).some((key) => key.startsWith('assisters:'));
  } catch {
    // Storage that is denied holds nothing.
    return false;
  }
};

/**
 * Has the parts that a widget will surely ask for come beside the engine, not after it.
 *
 * @param {Record<string, any>} options
 */
export const fetchAhead = ({ messages, persist, dialect, tools }) => {
  const isRare = dialect && !/^c/.test(dialect);
  const needed = { conversation: messages?.length || (persist != 'none' && hasMemory()), dialects: isRare, activity: isRare && tools };
  for (const [name, isNeeded] of Object.entries(needed)) {
    // A failure is told to whoever needs the part.
    if (isNeeded) (ahead[name] = fetchFile(name)).catch(() => {});
  }
};

/** Has those compiled while the program starts, once it is known that the page's policy lets it. */
export const compileAhead = () => {
  // As above.
  for (const name of Object.keys(ahead)) moduleOf(name).catch(() => {});
};

/**
 * Fetches a part of the program, or a script. Every copy of the engine is given this one: a copy that is imported anew after a panic has neither the
 * modules nor the places of the first.
 *
 * @param {string} name
 * @returns {Promise<any>}
 */
export const load = (name) => (PARTS[name] ? moduleOf(name) : onDemand(name));

/**
 * Returns what has one copy of the engine get a part, once; a failure is forgotten. One of the program is added to the copy, a script is returned.
 *
 * @param {(part: WebAssembly.Module) => Promise<any>} add
 * @param {(name: string) => Promise<any>} load
 */
export const partsOf = (add, load) =>
  once(async (name) => {
    try {
      const part = await load(name);
      return PARTS[name] ? await add(part) : part;
    } catch (cause) {
      console.warn('Assisters: a part did not load', cause);
      throw cause;
    }
  });
