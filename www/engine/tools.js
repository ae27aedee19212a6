// The page's own tools, as the engine calls them. What checks and runs a call is fetched with the first one.

import { fetchPart } from './decorate.js';

/** @import { Tool } from '../types/options.js' */

/**
 * Returns what the engine asks to have a call answered. Its promise brings JSON with an `output`, an `error`, or a `question` that the
 * visitor has to allow first.
 *
 * @param {() => Record<string, any>} options as they are at that time
 */
export const toolCaller = (options) => async (/** @type {string} */ name, /** @type {string} */ text, /** @type {boolean} */ isAllowed) =>
  (await fetchPart(__TOOLS_JS__)).callTool(options().tools?.[name], text, isAllowed);

/** @param {Record<string, Tool>} [tools] @throws {TypeError} names the tool that nothing can run */
export const checkTools = (tools = {}) => {
  for (const [name, tool] of Object.entries(tools)) {
    if (typeof tool?.run != 'function') throw new TypeError(`Assisters: "tools.${name}.run" is ${typeof tool?.run}; expected function`);
  }
};
