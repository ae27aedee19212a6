// Fetches the parts that come when they are needed: of the program (src/browser/part.rs asks for them by name), and scripts.

import { compile } from './verify.js';

/** Name → file beside this script, and its hash where it is of the program. @type {Record<string, [file: string, integrity?: string]>} */
const PARTS = __ENGINE_PARTS__;

/**
 * Returns what fetches a part, once; a failure is forgotten. One of the program is added to this copy of the engine, a script is returned.
 *
 * @param {(part: WebAssembly.Module) => Promise<any>} add
 * @param {Record<string, URL>} places where a bundler has put the files, if one has
 */
export const partsOf = (add, places) => {
  /** @type {Record<string, Promise<any> | undefined>} */
  const asked = {};
  /** @param {string} name */
  const get = async (name) => {
    const [file, integrity] = PARTS[name];
    const place = places[name] || new URL('./' + file, import.meta.url);
    return integrity ? add(await compile(await fetch(place), integrity)) : import(/* webpackIgnore: true */ place.href);
  };
  return (/** @type {string} */ name) =>
    (asked[name] ||= get(name).catch((cause) => {
      asked[name] = undefined;
      console.warn('Assisters: a part of the chat could not be loaded', cause);
      throw cause;
    }));
};
