// Which language a widget speaks, and its words: English is in the program, every other language is a file that is fetched when it is wanted.

import { fetchBeside } from './on-demand.js';
import { load } from './parts.js';

/** One language: its tag, and what is said in it. @typedef {{ locale?: string, words?: Record<string, string | Record<string, string>> }} Language */

/** Languages wanted, most wanted first → the language that is spoken. @type {Record<string, Language | undefined>} */
const known = {};

/** The owner's choice alone, else the page's and then the browser's. @param {Record<string, any>} options @returns {string[]} */
const wanted = ({ locale }) => (locale ? [locale] : [document.documentElement.lang, ...navigator.languages].filter(Boolean));

/** Fetches the words that a widget needs, if they are others than the program's. Returns whether they are new. @param {Record<string, any>} options */
export const learn = async (options) => {
  const tags = wanted(options);
  if (known['' + tags] || /^en\b/i.test(tags[0] || 'en')) return false;
  try {
    known['' + tags] = await (await load('locales')).languageFor(tags, options.locale, fetchBeside);
    return true;
  } catch (cause) {
    console.warn('Assisters: the words of a language did not load', cause);
    return false;
  }
};

/**
 * Returns the options with the language that is spoken: `locale`, and `words`, which the owner's `strings` go before.
 *
 * @param {Record<string, any>} options
 * @returns {Record<string, any>}
 */
export const spoken = (options) => {
  const tags = wanted(options);
  return { ...options, locale: tags[0], ...known['' + tags] };
};

/** The same as the parts of the shell take it: all words in `strings`. @param {Record<string, any>} options */
export const worded = (options) => ({ ...options, strings: { ...options.words, ...options.strings } });
