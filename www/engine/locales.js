// Entry of the part that knows the languages: which there are, which of them a visitor is served, and where its words are.

/** Tag → file beside the engine's script, and its hash. @type {Record<string, [file: string, integrity: string]>} */
const FILES = __LOCALES__;

/** @import { Language } from './words.js' */

/** Tags of languages that go by another name. @type {Record<string, string>} */
const OTHER_NAMES = { iw: 'he' };

/**
 * Returns the language of the widget that a tag asks for, if there is one: `de` for `de-AT`, `pt-BR` for `pt`.
 *
 * @param {string} tag
 * @param {string[]} tags the languages that there are
 */
export const served = (tag, tags) => {
  const [language] = tag.toLowerCase().split(/[-_]/);
  const name = OTHER_NAMES[language] || language;
  return tags.find((one) => one.toLowerCase().split('-')[0] == name);
};

/**
 * Returns the first language that is there, else English.
 *
 * @param {string[]} wanted most wanted first
 * @param {string | undefined} given what the owner has written: its dates and its direction count whatever the words are
 * @param {(name: string, file: [file: string, integrity: string]) => Promise<Response>} fetchBeside
 * @returns {Promise<Language>}
 */
export const languageFor = async (wanted, given, fetchBeside) => {
  for (const locale of wanted) {
    if (served(locale, ['en'])) return { locale };
    const tag = served(locale, Object.keys(FILES));
    if (tag) return { locale, words: await (await fetchBeside('locale-' + tag, FILES[tag])).json() };
  }
  return { locale: given || 'en' };
};
