// Fetches the parts that come when they are needed: of the program (src/browser/part.rs asks for them by name), and scripts.

import { onDemand } from './on-demand.js';
import { compile } from './verify.js';

/** Name → file beside this script, and its hash. @type {Record<string, [file: string, integrity: string]>} */
const PARTS = __ENGINE_PARTS__;

/** What every copy of the engine takes its parts from; a failure is forgotten. @type {Record<string, Promise<WebAssembly.Module> | undefined>} */
const modules = {};

/** Parts that are on their way before they are asked for; not compiled, as a page's policy may refuse that. @type {Record<string, Promise<Response> | undefined>} */
const ahead = {};

/** @param {string} name @param {Record<string, URL>} places where a bundler has put the files, if one has */
const fetchFile = (name, places) => fetch(places[name] || new URL('./' + PARTS[name][0], import.meta.url));

/** Fetches and compiles a part, once. @param {string} name @param {Record<string, URL>} places */
const moduleOf = (name, places) =>
  (modules[name] ||= (ahead[name] || fetchFile(name, places))
    .then((response) => compile(response, PARTS[name][1]))
    .catch((cause) => {
      ahead[name] = modules[name] = undefined;
      throw cause;
    }));

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
  const names = [];
  if (messages?.length || (persist != 'none' && hasMemory())) names.push('transcript');
  if (dialect && !/^c/.test(dialect)) names.push('dialects', ...(tools ? ['activity'] : []));
  for (const name of names) {
    ahead[name] = fetchFile(name, places);
    // A failure is told to whoever needs the part.
    ahead[name]?.catch(() => {});
  }
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
