// Fetches the parts that come when they are needed: of the program (src/browser/part.rs asks for them by name), and scripts.

import { onDemand } from './on-demand.js';
import { compile } from './verify.js';

/** Name → file beside this script, and its hash. @type {Record<string, [file: string, integrity: string]>} */
const PARTS = __ENGINE_PARTS__;

/** What every copy of the engine takes its parts from; a failure is forgotten. @type {Record<string, Promise<WebAssembly.Module> | undefined>} */
const modules = {};

/**
 * Fetches and compiles a part, once.
 *
 * @param {string} name
 * @param {Record<string, URL>} places where a bundler has put the files, if one has
 */
const moduleOf = (name, places) => {
  const [file, integrity] = PARTS[name];
  return (modules[name] ||= fetch(places[name] || new URL('./' + file, import.meta.url))
    .then((response) => compile(response, integrity))
    .catch((cause) => {
      modules[name] = undefined;
      throw cause;
    }));
};

/** Whether an earlier visit may have left a conversation. */
const hasMemory = () => {
  try {
    return [localStorage, sessionStorage].some((storage) => Object.keys(storage).some((key) => key.startsWith('assisters:')));
  } catch {
    // Storage that is denied holds nothing.
    return false;
  }
};

/**
 * Has the parts that a widget will surely ask for come beside the engine, not after it.
 *
 * @param {Record<string, any>} options
 * @param {Record<string, URL>} places
 */
export const fetchAhead = ({ messages, persist, dialect, tools }, places) => {
  const ahead = [];
  if (messages?.length || (persist != 'none' && hasMemory())) ahead.push('transcript');
  if (dialect && !/^c/.test(dialect)) ahead.push('dialects', ...(tools ? ['activity'] : []));
  // A failure is told to whoever needs the part.
  for (const name of ahead) moduleOf(name, places).catch(() => {});
};

/**
 * Returns what fetches a part, once; a failure is forgotten. One of the program is added to this copy of the engine, a script is returned.
 *
 * @param {(part: WebAssembly.Module) => Promise<any>} add
 * @param {Record<string, URL>} places
 */
export const partsOf = (add, places) => {
  /** @type {Record<string, Promise<any> | undefined>} */
  const asked = {};
  return (/** @type {string} */ name) =>
    (asked[name] ||= (PARTS[name] ? moduleOf(name, places).then(add) : onDemand(name)).catch((cause) => {
      asked[name] = undefined;
      console.warn('Assisters: a part of the chat could not be loaded', cause);
      throw cause;
    }));
};
