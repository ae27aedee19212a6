// Scripts beside the engine's that are fetched when there is something for them to do.

/** Name → file beside this script, and its hash. @type {Record<string, [file: string, integrity: string]>} */
const FILES = __ON_DEMAND__;

/** Where a bundler has put the files, if one has. @type {Record<string, URL>} */
let places = {};

/** @param {Record<string, URL>} given */
export const putOnDemand = (given) => {
  places = given;
};

/**
 * Imports a script by its name.
 *
 * @param {string} name
 * @returns {Promise<any>}
 */
export const onDemand = async (name) => {
  const [file, integrity] = FILES[name];
  const { href } = places[name] || new URL('./' + file, import.meta.url);
  // `import()` takes no integrity: the file is fetched under its hash first, and the import finds it in the cache. A bundler's copy has another.
  if (!places[name]) await fetch(href, { integrity });
  return import(/* webpackIgnore: true */ /* @vite-ignore */ href);
};
