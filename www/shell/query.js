// What the address of the frame says.

import { fromText } from './options.js';

/** @param {string} name */
const camel = (name) => name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());

/**
 * Reads the options, in kebab-case or camelCase.
 *
 * @param {string} search
 * @returns {Record<string, any>}
 * @throws {TypeError} where it holds a secret: addresses end up in logs and histories
 */
export const readQuery = (search) => {
  /** @type {Record<string, any>} */
  const options = {};
  for (const [key, text] of new URLSearchParams(search)) {
    const name = camel(key);
    if (name == 'apiKey') throw new TypeError('Assisters: "apiKey" must not be part of an address; use the gateway');
    if (name != 'parentOrigin') options[name] = fromText(name, text);
  }
  return options;
};

/**
 * Returns the origin of the page that embeds the frame: the one named in the query, or else the one the browser names.
 *
 * @param {string} search
 * @param {string} referrer
 * @returns {string | undefined}
 */
export const originOfParent = (search, referrer) => {
  const query = new URLSearchParams(search);
  try {
    const { origin } = new URL(query.get('parentOrigin') || query.get('parent-origin') || referrer);
    return origin == 'null' ? undefined : origin;
  } catch {
    return undefined; // neither is an address
  }
};
