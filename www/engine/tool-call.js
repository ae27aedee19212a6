// Answers one call of the assistant's: checks its arguments, has the visitor asked, runs the page's function for a limited time.

import { faultIn } from './schema.js';

/** @import { Tool } from '../types/options.js' */

/** What a function of the page's may take, unless it says otherwise. */
const TIMEOUT_MS = 30_000;

/** An argument that assistants add to any call: a text to show while it runs, and none of the tool's business. */
const PROGRESS = 'aiProgressMessage';

/** @param {unknown} cause */
const reasonOf = (cause) => (cause instanceof Error ? cause.message : String(cause)) || 'failed';

/**
 * @param {Tool} tool
 * @param {string} text
 * @returns {Record<string, any>}
 * @throws {Error} when they are no JSON
 */
const argumentsOf = (tool, text) => {
  const given = JSON.parse(text);
  const isOwn = Object.hasOwn(Object(tool.parameters?.properties), PROGRESS);
  if (!isOwn && given && typeof given == 'object') delete given[PROGRESS];
  return given;
};

/**
 * Runs the page's function. Ends with its time, whatever the function does.
 *
 * @param {Tool} tool
 * @param {Record<string, any>} given
 */
const run = async (tool, given) => {
  const limit = tool.timeoutMs ?? TIMEOUT_MS;
  const life = new AbortController();
  let timer;
  const timeout = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`no result within ${limit} ms`)), limit);
  });
  try {
    return await Promise.race([tool.run(given, { signal: life.signal }), timeout]);
  } finally {
    clearTimeout(timer);
    life.abort();
  }
};

/**
 * Answers a call. Never rejects: whatever goes wrong is the call's result, for the assistant to know.
 *
 * @param {Tool | undefined} tool
 * @param {string} text the arguments, as JSON
 * @param {boolean} [isAllowed] what the visitor has decided, once they have been asked
 * @returns {Promise<string>} JSON: `{output}`, `{error}` or `{question}`
 */
export const callTool = async (tool, text, isAllowed) => {
  try {
    if (!tool) throw new Error('this page has no such tool');
    let given;
    try {
      given = argumentsOf(tool, text);
    } catch {
      throw new Error('the arguments are not JSON');
    }
    const fault = faultIn(given, { type: 'object' }, 'arguments') || faultIn(given, tool.parameters, 'arguments');
    if (fault) throw new Error(fault);
    if (isAllowed === false) throw new Error('the visitor did not allow it');
    if (tool.confirm && !isAllowed) return JSON.stringify({ question: tool.confirm === true ? '' : tool.confirm });
    const result = await run(tool, given);
    // What JSON has no word for is nothing.
    return JSON.stringify({ output: typeof result == 'string' ? result : (JSON.stringify(result) ?? 'null') });
  } catch (cause) {
    return JSON.stringify({ error: reasonOf(cause) });
  }
};
