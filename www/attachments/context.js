// What the files of a tray share: the options as they are now, the words, and the way to the gateway.

import { apiUrlOf } from '../engine/complete.js';
import { headersOf } from './upload.js';
import { say } from './words.js';

/** @import { Item } from './item.js' */

/**
 * @typedef {object} Context
 * @property {() => Record<string, any>} options
 * @property {() => string | undefined} locale
 * @property {(key: string, values?: Record<string, string | number>) => string} say
 * @property {{ url: () => string, headers: () => Promise<Record<string, string>>, dropToken: () => boolean }} gateway
 * @property {(item: Item) => void} changed
 */

/**
 * @param {() => Record<string, any>} options as they are at that time
 * @param {(name: string, args: any[]) => any} call of the engine
 * @param {(item: Item) => void} changed
 * @returns {Context}
 */
export const contextOf = (options, call, changed) => ({
  options,
  locale: () => options().locale,
  say: (key, values) => say(options().strings, key, values, options().locale),
  gateway: {
    url: () => apiUrlOf(options().apiUrl) + '/uploads',
    headers: () => headersOf(options(), call),
    dropToken: () => call('dropToken', []),
  },
  changed,
});
