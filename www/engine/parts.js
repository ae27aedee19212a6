// Fetches the parts of the program that come when they are needed (src/browser/part.rs asks for them by name).

import { compile } from './verify.js';

/** Name → file beside this script, and its hash. @type {Record<string, [file: string, integrity: string]>} */
const PARTS = __ENGINE_PARTS__;

/**
 * Returns what fetches a part and adds it to one copy of the engine, once; a failure is forgotten.
 *
 * @param {(part: WebAssembly.Module) => Promise<unknown>} add
 * @param {Record<string, URL>} places where a bundler has put the files, if one has
 */
export const partsOf = (add, places) => {
  /** @type {Record<string, Promise<unknown> | undefined>} */
  const asked = {};
  /** @param {string} name */
  const get = async (name) => {
    const [file, integrity] = PARTS[name];
    return add(await compile(await fetch(places[name] || new URL('./' + file, import.meta.url)), integrity));
  };
  return (/** @type {string} */ name) =>
    (asked[name] ||= get(name).catch((cause) => {
      asked[name] = undefined;
      console.warn('Assisters: a part of the chat could not be loaded', cause);
      throw cause;
    }));
};
