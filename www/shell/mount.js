// The two ways in that every build offers: `mount` for any number of widgets, `init` for the one of the page.

import { create } from './handle.js';
import { refusal } from './options.js';

/** @import { Handle } from '../types/assisters.js' */

/** The page's one widget. @type {{ handle?: Handle }} */
export const page = {};

/**
 * Mounts a launcher, or a panel that fills an element. Typed for the page in types/assisters.d.ts.
 *
 * @param {any} target the element, or the options
 * @param {any} [options]
 */
export const mount = async (target, options) => {
  if (!options) return create(target)[1];
  if (!target?.append) throw refusal('element', target, ['an element']);
  return create({ ...options, position: 'inline' }, target)[1];
};

/**
 * Mounts the page's one widget in place of an earlier one.
 *
 * @param {object} options
 * @param {Element | null} [target] where a script tag asks for an inline widget
 */
export const init = async (options, target) => {
  const [handle, shown] = create(options, target);
  page.handle?.destroy();
  page.handle = handle;
  return shown;
};

export const version = __VERSION__;
