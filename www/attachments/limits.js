// Which files may be sent, and how that is told. Knows no page: files are names, types and sizes.

import { say } from './words.js';

/** @import { AttachmentOptions } from '../types/options.js' */

/** What the gateway takes, too, unless its owner says otherwise. */
const ACCEPT = ['image/*', 'application/pdf', 'text/plain', 'text/csv', 'text/markdown'];
const MAX_SIZE_BYTES = 10 * 1024 * 1024;
const MAX_FILES = 5;

/** Types by the end of the name, for browsers and systems that do not know them. @type {Record<string, string>} */
const TYPES = { csv: 'text/csv', heic: 'image/heic', md: 'text/markdown', pdf: 'application/pdf', txt: 'text/plain' };

/** Names of groups of types. @type {Record<string, string>} */
const GROUPS = { 'image/': 'attachImages', 'video/': 'attachVideos', 'audio/': 'attachAudio', 'text/': 'attachTexts' };

/** @typedef {{ accept: string[], maxSizeBytes: number, maxFiles: number, upload?: AttachmentOptions['upload'] }} Limits */

/** Returns what the option says, with its defaults. @param {true | AttachmentOptions} option @returns {Limits} */
export const limitsOf = (option) => {
  const { accept, maxSizeBytes = MAX_SIZE_BYTES, maxFiles = MAX_FILES, upload } = option === true ? {} : option;
  const given = typeof accept == 'string' ? accept.split(',') : accept;
  const entries = given?.map((entry) => entry.trim().toLowerCase()).filter(Boolean);
  return { accept: entries?.length ? entries : ACCEPT, maxSizeBytes, maxFiles, upload };
};

/** @param {string} name */
const endingOf = (name) => name.slice(name.lastIndexOf('.') + 1).toLowerCase();

/** Returns a file's type, guessed from its name where the browser knows none. @param {{ name: string, type: string }} file */
export const typeOf = ({ name, type }) => TYPES[endingOf(name)] || type.toLowerCase().split(';')[0];

/** @param {{ name: string, type: string }} file @param {string} entry */
const fits = (file, entry) => {
  if (entry == '*/*' || entry == '*') return true;
  if (entry.startsWith('.')) return file.name.toLowerCase().endsWith(entry);
  const type = typeOf(file);
  // A drawing is a program to a browser: it goes only where it is meant.
  return entry.endsWith('/*') ? type.startsWith(entry.slice(0, -1)) && type != 'image/svg+xml' : type == entry;
};

/** What a kind of file is called. @param {string} entry @param {Record<string, any>} [strings] */
const kindOf = (entry, strings) => {
  if (entry.startsWith('*')) return say(strings, 'attachAnything');
  const group = Object.keys(GROUPS).find((start) => entry.startsWith(start));
  return group ? say(strings, GROUPS[group]) : entry.split(/[./+-]/).pop()?.toUpperCase() || entry;
};

/** Lists the kinds of files in words. @param {string[]} accept @param {Record<string, any>} [strings] */
export const kindsOf = (accept, strings) => [...new Set(accept.map((entry) => kindOf(entry, strings)))].join(', ');

/** Writes a size as people read it. @param {number} bytes @param {string} [locale] */
export const sizeOf = (bytes, locale) => {
  const steps = bytes < 1000 ? 0 : bytes < 1000 * 1024 ? 1 : 2;
  const unit = ['byte', 'kilobyte', 'megabyte'][steps];
  const value = bytes / 1024 ** steps;
  const options = { style: 'unit', unit, unitDisplay: steps ? 'short' : 'long', maximumFractionDigits: value < 10 ? 1 : 0 };
  return new Intl.NumberFormat(locale || undefined, /** @type {any} */ (options)).format(value);
};

/**
 * Returns the sentence that says why a file can not be sent, if it can not.
 *
 * @param {{ name: string, type: string, size: number }} file
 * @param {Limits} limits
 * @param {number} nKnown how many are attached already
 * @param {{ strings?: Record<string, any>, locale?: string }} words
 */
export const refusalOf = (file, limits, nKnown, { strings, locale }) => {
  const values = { name: file.name, types: kindsOf(limits.accept, strings), size: sizeOf(limits.maxSizeBytes, locale) };
  if (!limits.accept.some((entry) => fits(file, entry))) return say(strings, 'attachType', values);
  if (!file.size) return say(strings, 'attachEmpty', values);
  if (file.size > limits.maxSizeBytes) return say(strings, 'attachSize', { ...values, actual: sizeOf(file.size, locale) });
  if (nKnown >= limits.maxFiles) return say(strings, 'attachCount', { ...values, count: limits.maxFiles }, locale);
};
