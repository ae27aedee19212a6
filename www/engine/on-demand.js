// Files beside the engine's script that are fetched when there is something for them to do.

/** Name → file beside this script, and its hash. @type {Record<string, [file: string, integrity: string]>} */
const FILES = __ON_DEMAND__;

/** Where a bundler has put the files, if one has. @type {Record<string, URL> | undefined} */
let places;

/** @param {Record<string, URL>} [given] */
export const putOnDemand = (given) => {
  places = given;
};

/** @param {string} name @param {string} file */
export const placeOf = (name, file) => places?.[name] || new URL('./' + file, import.meta.url);

/**
 * Returns what does something once for each name; a failure is forgotten.
 *
 * @template Made
 * @param {(name: string) => Promise<Made>} make
 * @returns {(name: string) => Promise<Made>}
 */
export const once = (make) => {
  /** @type {Record<string, Promise<Made> | undefined>} */
  const asked = {};
  return (name) =>
    (asked[name] ||= make(name).catch((cause) => {
      asked[name] = undefined;
      throw cause;
    }));
};

/** Fetches a file, which must have its hash; a bundler's copy may have another. @param {string} name @param {[file: string, integrity: string]} of */
export const fetchBeside = (name, [file, integrity]) => fetch(placeOf(name, file), places?.[name] ? {} : { integrity });

/**
 * Imports a script, which must have its hash; a bundler's copy may have another.
 *
 * @param {string} name
 * @param {[file: string, integrity: string]} of
 * @returns {Promise<any>}
 */
export const importBeside = async (name, of) => {
  const { href } = placeOf(name, of[0]);
  // `import()` takes no integrity: the file is fetched under its hash first, and the import finds it in the cache.
  if (!places?.[name]) await fetchBeside(name, of);
  return import(/* webpackIgnore: true */ /* @vite-ignore */ href);
};

/** Imports a script by its name, once; a failure is forgotten. @type {(name: string) => Promise<any>} */
export const onDemand = once((name) => importBeside(name, FILES[name]));
