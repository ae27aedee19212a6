// The page's own tools, as the engine calls them. What checks and runs a call is fetched with the first one.

import { onDemand } from './on-demand.js';

/** @import { Tool } from '../types/options.js' */

/**
 * Returns what the engine asks to have a call answered. Its promise brings JSON with an `output`, an `error`, or a `question` that the
 * visitor has to allow first.
 *
 * @param {() => Record<string, any>} options as they are at that time
 */
export const toolCaller = (options) => async (/** @type {string} */ name, /** @type {string} */ text, /** @type {boolean | undefined} */ isAllowed) =>
  (await onDemand('tools')).callTool(options().tools?.[name], text, isAllowed);

/**
 * @param {{ tools?: Record<string, Tool>, dialect?: string }} options
 * @throws {TypeError} names the tool that can not be called, and what one is
 */
export const checkTools = ({ tools, dialect = 'chat' }) => {
  if (!tools) return;
  if (/^c/.test(dialect)) console.warn(`Assisters: "tools" are not offered, as the dialect ${dialect} has none`);
  for (const [name, tool] of Object.entries(tools)) {
    if (typeof tool?.run != 'function' || typeof (tool.parameters ?? {}) != 'object' || !/^[\w-]{1,64}$/.test(name))
      throw new TypeError(`Assisters: "tools.${name}" is no {description, parameters, run} by a name of letters, digits, _ or -`);
  }
};
